namespace Agent.Host;

/// <summary>The exit codes of the program; documented in <c>docs/console.md</c>.</summary>
internal static class ExitCodes
{
    /// <summary>The question was answered, or the command did what it says.</summary>
    public const int Success = 0;

    /// <summary>The run failed: a tool call failed, a limit stopped the run, or the engine had an error.</summary>
    public const int Failed = 1;

    /// <summary>Usage, configuration, tool file or prompts are wrong.</summary>
    public const int Usage = 2;

    /// <summary>Model or native library cannot be loaded.</summary>
    public const int CannotLoad = 3;

    /// <summary>Cancelled, as shells count an interrupt.</summary>
    public const int Cancelled = 130;
}
