using System.Buffers.Binary;
using System.Security.Cryptography;
using Agent.Core.Inference;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>The ways to count tokens.</summary>
public static class TokenCounters
{
    /// <summary>An estimate without any vocabulary, on the high side for English, Chinese and code.</summary>
    public static TokenCounter Estimate { get; } = TokenEstimate.Count;

    /// <summary>The count of a model's own vocabulary, taken word by word; a few tokens of a hundred may be missing or too many.</summary>
    public static TokenCounter Of(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new CachedTokenCount(tokenizer).Count;
    }

    /// <summary>A name that tells the vocabulary from others, for <see cref="Ingest.IngestOptions.TokenCounterName"/>.</summary>
    /// <value>16 hexadecimal digits.</value>
    public static string NameOf(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        for (var token = 0; token < tokenizer.VocabularySize; token++)
        {
            var bytes = tokenizer.GetBytes(token);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
