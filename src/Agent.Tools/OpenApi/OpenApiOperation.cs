using System.Text.Json;
using Agent.Tools.Json;

namespace Agent.Tools.OpenApi;

/// <summary>One operation of a document.</summary>
/// <param name="Method">The method in capitals.</param>
/// <param name="Path">The path with its placeholders.</param>
/// <param name="PathItem">What all operations of the path share.</param>
/// <param name="Definition">The operation itself.</param>
internal sealed record OpenApiOperation(string Method, string Path, JsonElement PathItem, JsonElement Definition)
{
    /// <summary>The operationId, or null.</summary>
    internal string? Id => JsonRead.Text(Definition, "operationId") is { Length: > 0 } id ? id : null;

    /// <summary>What messages call it.</summary>
    internal string DisplayName => Id ?? $"{Method} {Path}";

    internal bool OnlyReads => Method is "GET" or "HEAD";

    /// <summary>Whether a text of the tools file means it.</summary>
    internal bool IsNamed(string text) => text == Id || string.Equals(text, $"{Method} {Path}", StringComparison.Ordinal);
}
