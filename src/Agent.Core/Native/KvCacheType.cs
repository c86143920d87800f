namespace Agent.Core.Native;

/// <summary>How keys and values are stored in the KV cache. The values are ggml's type numbers.</summary>
public enum KvCacheType
{
    /// <summary>Two bytes an element: exact for models trained in 16 bits.</summary>
    F16 = 1,

    /// <summary>34 bytes for 32 elements: about half the memory; needs flash attention.</summary>
    Q8_0 = 8,
}
