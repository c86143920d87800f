using System.Security.Cryptography;
using System.Text;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>Text and name of a chunk.</summary>
internal static class ChunkText
{
    private const int IdBytes = 16;

    public static string Compose(IReadOnlyList<string> headingPath, string text) =>
        headingPath.Count == 0 ? text : $"{string.Join(" > ", headingPath)}\n\n{text}";

    public static string Id(IReadOnlyList<string> headingPath, string text)
    {
        // Separators that no heading can hold, since headings are one line without control characters here.
        var hashed = Encoding.UTF8.GetBytes($"{string.Join('\u001F', headingPath)}\u001E{text}");
        return Convert.ToHexStringLower(SHA256.HashData(hashed).AsSpan(0, IdBytes));
    }
}
