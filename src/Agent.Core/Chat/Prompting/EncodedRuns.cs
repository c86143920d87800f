using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Agent.Core.Chat.Prompting;

/// <summary>
/// The ids of runs of text that were encoded lately. Every round of a conversation brings its whole history again, every agent the same
/// system message and tools; llama.cpp's tokeniser takes 2 to 4 microseconds a token, so for 30,000 tokens longer than the first token
/// has time to.
/// </summary>
/// <remarks>
/// Runs are known by a keyed hash of their tenant's salt and their text, and kept as ids, from which the text can be had, as from the KV
/// cache: in this process only, until others take their place. Who shares a salt with somebody can tell by the time whether that one sent a
/// run lately. Of two generations the older one is forgotten
/// when the younger is full: what was used since stays. Thread-safe.
/// </remarks>
/// <param name="mostIds">Ids that are kept, 4 bytes each.</param>
internal sealed class EncodedRuns(int mostIds = 1 << 20)
{
    /// <summary>Shorter runs are encoded faster than it is worth to remember.</summary>
    public const int LeastLength = 64;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _gate = new();
    private Dictionary<UInt128, int[]> _young = [];
    private Dictionary<UInt128, int[]> _old = [];
    private int _youngIds;

    /// <summary>The name of a run.</summary>
    public UInt128 KeyOf(string salt, ReadOnlySpan<char> run)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        ReadOnlySpan<int> length = [salt.Length];
        hash.AppendData(MemoryMarshal.AsBytes(length));
        hash.AppendData(MemoryMarshal.AsBytes(salt.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(run));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return MemoryMarshal.Read<UInt128>(digest);
    }

    /// <summary>The ids of a run; null where they are not known.</summary>
    public bool TryGet(UInt128 key, [NotNullWhen(true)] out int[]? ids)
    {
        lock (_gate)
        {
            if (_young.TryGetValue(key, out ids))
            {
                return true;
            }

            if (!_old.TryGetValue(key, out ids))
            {
                return false;
            }

            Keep(key, ids);
            return true;
        }
    }

    /// <summary>Remembers a run. One that is longer than half of what is kept is not remembered.</summary>
    public void Add(UInt128 key, ReadOnlySpan<int> ids)
    {
        if (ids.Length <= mostIds / 2)
        {
            var copy = ids.ToArray();
            lock (_gate)
            {
                Keep(key, copy);
            }
        }
    }

    private void Keep(UInt128 key, int[] ids)
    {
        if (_youngIds + ids.Length > mostIds / 2)
        {
            (_old, _young, _youngIds) = (_young, [], 0);
        }

        if (_young.TryAdd(key, ids))
        {
            _youngIds += ids.Length;
        }
    }
}
