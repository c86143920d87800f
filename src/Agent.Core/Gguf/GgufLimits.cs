namespace Agent.Core.Gguf;

/// <summary>Bounds on what a header may ask for. Each is far above any published model and far below harm.</summary>
internal static class GgufLimits
{
    public const int MaxMetadataEntries = 65_536;

    /// <summary>The native reader compares every tensor name with every earlier one, so the count is also a bound on time.</summary>
    public const int MaxTensors = 65_536;

    /// <summary>The format's own bound on the length of a key.</summary>
    public const int MaxKeyBytes = 65_535;

    /// <summary>ggml keeps 64 bytes for a name, one of them for the terminator.</summary>
    public const int MaxTensorNameBytes = 63;

    public const int MaxDimensions = 4;

    /// <summary>The native reader's bound.</summary>
    public const int MaxArrayElements = 1024 * 1024 * 1024;

    /// <summary>Longest single text that is brought into memory (a tokeniser kept as JSON is the largest seen, about 20 MB).</summary>
    public const int MaxStringBytes = 32 * 1024 * 1024;

    /// <summary>Longest text of all scalar values together.</summary>
    public const int MaxTotalStringBytes = 64 * 1024 * 1024;

    public const uint DefaultAlignment = 32;

    /// <summary>ggml aborts the process when mapped tensor data is not aligned to this.</summary>
    public const uint RequiredAlignment = 32;

    /// <summary>llama.cpp aborts the process above this.</summary>
    public const int MaxBlocks = 512;

    /// <summary>llama.cpp aborts the process above this.</summary>
    public const int MaxExperts = 1024;

    public const int MaxSplits = 1000;

    /// <summary>Eight bytes of length, one of text, four of type, one of value.</summary>
    public const int MinMetadataEntryBytes = 14;

    /// <summary>Eight bytes of length, one of name, four of count, eight of a dimension, four of type, eight of offset.</summary>
    public const int MinTensorInfoBytes = 33;
}
