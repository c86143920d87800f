namespace Agent.Tools.Process;

/// <summary>How a program is told to run a text as code. Immutable.</summary>
internal sealed record Interpreter
{
    private static readonly Interpreter Shell = new() { Style = InterpreterStyle.Shell, CodeLetters = "c", ArgumentLetters = "oO" };
    private static readonly Interpreter SwitchUser = new() { CodeLetters = "c", CodeNames = ["--command", "--session-command"], ReadsOptionsToTheEnd = true };
    private static readonly Interpreter Evaluating = new() { CodeLetters = "eE" };

    private static readonly Dictionary<string, Interpreter> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sh"] = Shell,
        ["ash"] = Shell,
        ["bash"] = Shell,
        ["csh"] = Shell,
        ["dash"] = Shell,
        ["ksh"] = Shell,
        ["mksh"] = Shell,
        ["rbash"] = Shell,
        ["tcsh"] = Shell,
        ["yash"] = Shell,
        ["zsh"] = Shell,
        ["fish"] = new() { CodeLetters = "cC", CodeNames = ["--command", "--init-command"] },
        ["su"] = SwitchUser,
        ["runuser"] = SwitchUser,
        ["python"] = new() { CodeLetters = "c", ArgumentLetters = "WXm" },
        ["pypy"] = new() { CodeLetters = "c", ArgumentLetters = "WXm" },
        ["node"] = new() { CodeNames = ["-e", "-p", "-pe", "--eval", "--print"], ArgumentLetters = "rC" },
        ["bun"] = new() { CodeNames = ["-e", "-p", "--eval", "--print"], ArgumentLetters = "r" },
        ["perl"] = new() { CodeLetters = "eE", ArgumentLetters = "I", AttachedLetters = "ixFMmDV" },
        ["ruby"] = new() { CodeLetters = "e", ArgumentLetters = "ICrE", AttachedLetters = "Fix" },
        ["php"] = new() { CodeLetters = "rBRE", CodeNames = ["--run", "--process-begin", "--process-code", "--process-end"], ArgumentLetters = "cdfFtzS" },
        ["groovy"] = Evaluating,
        ["julia"] = Evaluating,
        ["lua"] = new() { CodeLetters = "e", ArgumentLetters = "l" },
        ["luajit"] = new() { CodeLetters = "e", ArgumentLetters = "l" },
        ["osascript"] = new() { CodeLetters = "e", ArgumentLetters = "ls" },
        ["rscript"] = Evaluating,
        ["powershell"] = new() { Style = InterpreterStyle.PowerShell, TakesCodeByDefault = true },
        ["pwsh"] = new() { Style = InterpreterStyle.PowerShell },
        ["cmd"] = new() { Style = InterpreterStyle.CommandInterpreter },
    };

    /// <summary>How its options are read.</summary>
    public InterpreterStyle Style { get; private init; } = InterpreterStyle.Letters;

    /// <summary>Options of one letter that code follows.</summary>
    public string CodeLetters { get; private init; } = "";

    /// <summary>Options that code follows, or is joined to by <c>=</c>, which are matched whole.</summary>
    public IReadOnlyList<string> CodeNames { get; private init; } = [];

    /// <summary>Options of one letter that take what follows: the rest of the item, or else the next one.</summary>
    public string ArgumentLetters { get; private init; } = "";

    /// <summary>Options of one letter that take the rest of the item, if there is any.</summary>
    public string AttachedLetters { get; private init; } = "";

    /// <summary>Whether options may stand behind other items.</summary>
    public bool ReadsOptionsToTheEnd { get; private init; }

    /// <summary>Whether what is no option is code and not a file.</summary>
    public bool TakesCodeByDefault { get; private init; }

    /// <summary>The interpreter that a command is, whatever its folder, ending and version; null for none.</summary>
    public static Interpreter? Of(string command)
    {
        var program = command[(command.LastIndexOfAny(['/', '\\']) + 1)..];
        program = program.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? program[..^4] : program;
        return Known.GetValueOrDefault(program.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '-'));
    }
}
