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

    private static readonly string[] CommandInterpreterOptions = ["/c", "/k"];

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
        ["cmd"] = CommandInterpreterOptions,
    };

    /// <summary>The first item with a placeholder that would be run, or null.</summary>
    /// <param name="command">The program.</param>
    /// <param name="items">Its arguments; an interpreter may stand among them, as behind env or nice.</param>
    internal static ArgumentItem? Find(string command, IReadOnlyList<ArgumentItem> items)
    {
        var options = OptionsOf(command);
        var isCode = false;
        foreach (var item in items)
        {
            if (item.Literal is not { } literal)
            {
                // cmd.exe takes all that follows for its own language, whatever the quotes.
                if (isCode || options == CommandInterpreterOptions)
                {
                    return item;
                }

                isCode = false;
                continue;
            }

            isCode = options?.Contains(literal, StringComparer.OrdinalIgnoreCase) is true;
            options = OptionsOf(literal) ?? options;
        }

        return null;
    }

    private static string[]? OptionsOf(string command)
    {
        var program = command[(command.LastIndexOfAny(['/', '\\']) + 1)..];
        return Interpreters.GetValueOrDefault(program.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? program[..^4] : program);
    }
}
