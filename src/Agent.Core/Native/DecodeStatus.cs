namespace Agent.Core.Native;

/// <summary>What became of a decode step.</summary>
internal enum DecodeStatus
{
    /// <summary>All tokens are in the KV cache and the logits are ready.</summary>
    Ok,

    /// <summary>The KV cache had no room; nothing changed.</summary>
    NoKvRoom,

    /// <summary>The step failed; part of its tokens may be in the KV cache, so its sequences must be cleared.</summary>
    Failed,
}
