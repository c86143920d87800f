namespace Agent.Host.Benchmarks.Loads;

/// <summary>A load of one size, the same for whoever bears it.</summary>
internal sealed record LoadCase
{
    /// <summary>Its size in words, for example <c>8 sequences</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The numbers that it is made of, by their names in JSON.</summary>
    public required IReadOnlyDictionary<string, double> Parameters { get; init; }

    /// <summary>Sequences that an engine in this process is given for it.</summary>
    public required int Sequences { get; init; }

    /// <summary>Clients of a run.</summary>
    public required int Clients { get; init; }

    /// <summary>Whether <c>Agent:Engine:MaxSequences</c> takes the place of <see cref="Sequences"/>: what finds none free waits.</summary>
    public bool MayWait { get; init; }

    /// <summary>Tokens of its longest request, prompt and answer.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Clients of one run; those of another number have other prompts. Number 0 is the warm-up.</summary>
    public required Func<int, IReadOnlyList<LoadClient>> Plan { get; init; }

    /// <summary>Pieces of an answer that every decoder has had when the newcomer begins.</summary>
    public int TokensBeforeNewcomer { get; init; }

    /// <summary>Whether it has a newcomer.</summary>
    public bool HasNewcomer => TokensBeforeNewcomer > 0;
}
