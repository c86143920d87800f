using System.Security.Cryptography;
using System.Text.Json;
using Agent.Core.Names;

namespace Agent.Tools.Mcp.Listing;

/// <summary>Hashes of what a model is told of tools: JSON with sorted keys and no blanks, so that only a change of meaning changes them.</summary>
internal static class ToolHash
{
    private static readonly HashSet<string> Pinned = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"];

    /// <summary>What is pinned of one tool.</summary>
    internal static byte[] Canonical(JsonElement tool) => CanonicalJson.WriteObject(
        tool.EnumerateObject().Where(property => Pinned.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Null));

    internal static string Of(ReadOnlySpan<byte> canonical) => Convert.ToHexStringLower(SHA256.HashData(canonical));

    /// <summary>The hash of several tools, in whatever order they come: that of the JSON list of them by name.</summary>
    internal static string Of(IEnumerable<ListedTool> tools)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("["u8);
        var separator = ReadOnlySpan<byte>.Empty;
        foreach (var tool in tools.OrderBy(tool => tool.Name, StringComparer.Ordinal))
        {
            hash.AppendData(separator);
            hash.AppendData(tool.Canonical);
            separator = ","u8;
        }

        hash.AppendData("]"u8);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
