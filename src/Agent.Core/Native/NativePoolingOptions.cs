
namespace Agent.Core.Native;

/// <summary>Shape of a context that pools.</summary>
internal sealed record NativePoolingOptions
{
    /// <summary>Most tokens in one step; rounded up to a multiple of the sequences.</summary>
    public required int BatchCapacity { get; init; }

    /// <summary>Most sequences in one step.</summary>
    public required int MaxSequences { get; init; }

    /// <summary>How the vectors of the tokens become one row.</summary>
    public required PoolingType Pooling { get; init; }

    /// <summary>CPU threads.</summary>
    public required int Threads { get; init; }
}
