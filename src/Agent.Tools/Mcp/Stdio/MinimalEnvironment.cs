namespace Agent.Tools.Mcp.Stdio;

/// <summary>The variables that a program cannot well do without; whatever else this process has may be a secret.</summary>
internal static class MinimalEnvironment
{
    private static readonly string[] Unix =
        ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"];

    private static readonly string[] Windows =
    [
        "PATH", "PATHEXT", "SystemRoot", "SystemDrive", "windir", "ComSpec", "TEMP", "TMP", "USERNAME", "USERPROFILE", "HOMEDRIVE",
        "HOMEPATH", "APPDATA", "LOCALAPPDATA", "ProgramData", "ProgramFiles", "ProgramFiles(x86)", "PROCESSOR_ARCHITECTURE",
    ];

    internal static Dictionary<string, string> Read(Func<string, string?> environment)
    {
        var names = OperatingSystem.IsWindows() ? Windows : Unix;
        var variables = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var name in names)
        {
            // A value that begins so is a function of a shell, which would run whatever follows it.
            if (environment(name) is { Length: > 0 } value && !value.StartsWith("()", StringComparison.Ordinal))
            {
                variables[name] = value;
            }
        }

        return variables;
    }
}
