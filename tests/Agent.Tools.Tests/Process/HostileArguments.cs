namespace Agent.Tools.Tests.Process;

/// <summary>Values that mean something to a shell, a quoting rule, a terminal or a path.</summary>
internal static class HostileArguments
{
    private static readonly string[] Commands = ["rm -rf x", "touch pwned", "id", "cat /etc/passwd"];

    private static readonly string[] Frames =
    [
        "; {0}", "&& {0}", "|| {0}", "| {0}", "& {0}", "$({0})", "`{0}`", "\n{0}\n", "\r\n{0}", "'; {0}; '", "\"; {0}; \"", "'$({0})'",
        "\"$({0})\"", "\"`{0}`\"", "${{IFS}}{0}", "$'\\n'{0}", "<({0})", ">({0})", "x\\; {0}", "\\`{0}\\`", "#\n{0}", "%COMSPEC% /c {0}", "^& {0}",
        "{{{0},}}", "!{0}", "$[{0}]", "$(({0}))", "<<EOF\n{0}\nEOF", "'\"'\"'; {0} #", "\\\"; {0} #", "\u0004{0}", "\u001b]0;{0}\u0007",
    ];

    private static readonly string[] Singles =
    [
        "", " ", "  a  b  ", "\t", "\n", "\n\n", "\r", "'", "''", "\"", "\"\"", "\\", "\\\\", "\\\"", "\\\\\"", "a\\", "a\\\\", "\"a b\"", "'a b'", "a\"b'c`d",
        "*", "?", "[a-z]*", "~", "~root", "/*", "../../etc/passwd", "..", ".", "/", "//", "\\\\server\\share", "C:\\x\\", "CON", "NUL", "$HOME", "${HOME}", "$0", "$@",
        "$*", "$#", "$$", "$!", "%PATH%", "%0", "!!", "!$", "^", "{a,b}", "{1..9}", "#x", "a#b", "=x", "a=b", "PATH=/tmp", "LD_PRELOAD=/x.so", "@file", "@-", "+x", ":", ",",
        ";", "&", "|", "<", ">", "(", ")", "{", "}", "[", "]", "\u0001", "\u007f", "\u001b[31mred", "\u0085", "\u2028", "\u202e", "\ufeff", "\u200b", "é", "e\u0301", "广州", "😀", "👩‍👩‍👧",
        "\uffff", "\ufffd", "𝕏", "null", "true", "0", "1e9", "{name}", "{{name}}", "${NAME}", "%s", "%n%n%n", "\\0", "\\x00", "\\u0000", "' OR 1=1 --", "<script>", "a\u00a0b",
    ];

    /// <summary>Values that do not begin with a dash.</summary>
    public static IReadOnlyList<string> Plain { get; } =
    [
        .. Frames.SelectMany(frame => Commands.Select(command => string.Format(null, frame, command))), .. Singles, new string('x', 100_000), new string('"', 5_000), new string('\\', 5_001) + "\"",
    ];

    /// <summary>Values that a program would take for options.</summary>
    public static IReadOnlyList<string> Options { get; } =
    [
        "-", "--", "-x", "-rf", "--help", "--option", "--option=value", "--output=/etc/passwd", "-o/etc/passwd", "-5", "-1e9", "---", "-\n", "- x", "--upload-pack=touch pwned", "-oProxyCommand=id",
    ];
}
