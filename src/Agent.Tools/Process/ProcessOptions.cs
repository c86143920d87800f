using Agent.Tools.Safety;

namespace Agent.Tools.Process;

/// <summary>One program and how it is run, read and checked as far as it can be without looking at the machine.</summary>
internal sealed record ProcessOptions
{
    /// <summary><c>command</c>: an absolute path, or a name that is looked up in PATH at the start.</summary>
    internal required string Command { get; init; }

    /// <summary><c>args</c>.</summary>
    internal required ArgumentList Arguments { get; init; }

    /// <summary><c>stdin</c>; null for an empty one.</summary>
    internal ProgramInput? Input { get; init; }

    /// <summary><c>cwd</c>: an absolute path; the folder of the tools file by default.</summary>
    internal required string WorkingDirectory { get; init; }

    /// <summary>The whole environment of the program: <c>env</c>, and PATH, HOME and LANG.</summary>
    internal required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary><c>output: json</c>; text otherwise.</summary>
    internal bool IsJson { get; init; }

    /// <summary><c>select</c>: the part of JSON that is the result; null for all of it.</summary>
    internal string? Select { get; init; }

    /// <summary><c>max_output_bytes</c>: how much of standard output is taken; 65,536 by default.</summary>
    internal int MaxOutputBytes { get; init; } = 65_536;

    /// <summary><c>max_memory_mb</c>: address space of each process, in MiB; null for no cap.</summary>
    internal int? MaxMemoryMegabytes { get; init; }

    /// <summary><c>exit_codes</c>: those that mean success; 0 alone by default.</summary>
    internal IReadOnlyCollection<int> ExitCodes { get; init; } = [0];

    /// <summary>Takes the values of variables out of everything that leaves the tool.</summary>
    internal required SecretRedactor Redactor { get; init; }
}
