namespace Agent.Tools.Process;

/// <summary>
/// Finds arguments of a call that an interpreter would run as a program: <c>sh -c "... {name}"</c>. No quoting makes that safe,
/// as the value stands inside code.
/// </summary>
internal static class InlineCode
{
    private static readonly string[] ShellOptions = ["-c", "-lc", "-ic", "-ec", "-xc"];
    private static readonly string[] EvaluationOptions = ["-e", "-E", "--eval", "-p", "--print", "-r", "--run"];
    private static readonly string[] PowerShellOptions = ["-c", "-command", "-encodedcommand", "-e", "-ec", "-enc"];

    private static readonly Dictionary<string, string[]> Interpreters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sh"] = ShellOptions,
        ["ash"] = ShellOptions,
        ["bash"] = ShellOptions,
        ["dash"] = ShellOptions,
        ["fish"] = ShellOptions,
        ["ksh"] = ShellOptions,
        ["zsh"] = ShellOptions,
        ["python"] = ["-c"],
        ["python3"] = ["-c"],
        ["node"] = EvaluationOptions,
        ["perl"] = EvaluationOptions,
        ["php"] = EvaluationOptions,
        ["ruby"] = EvaluationOptions,
        ["powershell"] = PowerShellOptions,
        ["pwsh"] = PowerShellOptions,
        ["cmd"] = ["/c", "/k"],
    };

    /// <summary>The first item with a placeholder that would be run, or null.</summary>
    internal static ArgumentItem? Find(string command, IReadOnlyList<ArgumentItem> items)
    {
        var program = command[(command.LastIndexOfAny(['/', '\\']) + 1)..];
        program = program.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? program[..^4] : program;
        if (!Interpreters.TryGetValue(program, out var options))
        {
            return null;
        }

        // cmd.exe takes all that follows for its own language, whatever the quotes.
        if (program.Equals("cmd", StringComparison.OrdinalIgnoreCase))
        {
            return items.FirstOrDefault(item => item.Literal is null);
        }

        return items.Zip(items.Skip(1))
            .Where(pair => pair.First.Literal is { } literal && options.Contains(literal, StringComparer.OrdinalIgnoreCase) && pair.Second.Literal is null)
            .Select(pair => pair.Second)
            .FirstOrDefault();
    }
}
