namespace Agent.Host.Benchmarks.Loads;

/// <summary>A request whose prompt is given in token ids, so that its length is exact on every server.</summary>
internal sealed record TokenLoadRequest : LoadRequest
{
    /// <summary>The prompt.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }
}
