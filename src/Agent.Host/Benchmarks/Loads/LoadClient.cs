namespace Agent.Host.Benchmarks.Loads;

/// <summary>A client of a load: it begins, and sends its requests one after the other.</summary>
internal sealed record LoadClient
{
    /// <summary>The requests, in their order.</summary>
    public required IReadOnlyList<LoadRequest> Requests { get; init; }

    /// <summary>When it begins, from the beginning of the run.</summary>
    public TimeSpan Start { get; init; }

    /// <summary>What it is there for. A newcomer begins when every decoder has had <see cref="LoadCase.TokensBeforeNewcomer"/> pieces of its answer.</summary>
    public LoadRole Role { get; init; }
}
