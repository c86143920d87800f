using System.Security.Cryptography;
using System.Text;

namespace Agent.Core.Retrieval.Ingest;

/// <summary>Tags and metadata of documents: what they say themselves, within bounds, and what the user adds.</summary>
internal static class DocumentLabels
{
    public const int MaxLength = 200;
    private const int MaxOwn = 32;

    /// <summary>The metadata of a document: its own, as far as it is short, under what was added.</summary>
    public static IReadOnlyDictionary<string, string> Merge(IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string> added)
    {
        var merged = own
            .Where(static pair => pair.Key.Length is >= 1 and <= MaxLength && pair.Value.Length is >= 1 and <= MaxLength)
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Take(MaxOwn)
            .ToDictionary(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal);
        foreach (var (key, value) in added)
        {
            merged[key] = value;
        }

        return merged;
    }

    /// <summary>A short name of the labels that were added; other labels have another one.</summary>
    public static string Fingerprint(IngestOptions options)
    {
        if (options.Tags.Count == 0 && options.Metadata.Count == 0)
        {
            return "-";
        }

        var text = new StringBuilder();
        foreach (var label in options.Tags.Order(StringComparer.Ordinal).Select(static tag => "t" + tag)
            .Concat(options.Metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"k{pair.Key}\u0001{pair.Value}")))
        {
            text.Append(label).Append('\u0002');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8));
    }
}
