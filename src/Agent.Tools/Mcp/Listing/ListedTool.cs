using System.Buffers;
using System.Text;
using System.Text.Json;
using Agent.Tools.Json;
using Agent.Tools.Yaml;

namespace Agent.Tools.Mcp.Listing;

/// <summary>One tool as a server lists it. Everything of it is untrusted text.</summary>
internal sealed record ListedTool
{
    /// <summary>The name that the server knows it by.</summary>
    internal required string Name { get; init; }

    /// <summary>The description as it came; null for none.</summary>
    internal string? Description { get; init; }

    /// <summary>The title as it came; null for none.</summary>
    internal string? Title { get; init; }

    /// <summary>The schema of the arguments as it came; null where the server gives none.</summary>
    internal JsonElement? InputSchema { get; init; }

    /// <summary>Whether the server says that it only reads.</summary>
    internal bool IsReadOnly { get; init; }

    /// <summary>Whether the server says that running a call twice does no harm.</summary>
    internal bool IsIdempotent { get; init; }

    /// <summary>Everything of it that is pinned, as canonical JSON in UTF-8.</summary>
    internal required byte[] Canonical { get; init; }

    /// <summary>The SHA-256 of <see cref="Canonical"/>, lower-case hexadecimal.</summary>
    internal required string Hash { get; init; }

    /// <summary>Enough of <see cref="Hash"/> for a person to compare.</summary>
    internal string ShortHash => Hash[..12];

    /// <summary>Name and short hash, for messages.</summary>
    internal string Label => $"{UntrustedText.OneLine(Name, 64)} ({ShortHash})";

    /// <summary>Everything of it that is pinned, as JSON that a person can read: the canonical form escapes all but ASCII.</summary>
    internal string ForReview()
    {
        using var document = JsonDocument.Parse(Canonical);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, YamlJson.Relaxed))
        {
            document.RootElement.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads a tool; null for what has no name.</summary>
    /// <exception cref="InvalidOperationException">A text of it is no Unicode.</exception>
    internal static ListedTool? Read(JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object || JsonRead.Text(tool, "name") is not { Length: > 0 and <= 256 } name)
        {
            return null;
        }

        var canonical = ToolHash.Canonical(tool);
        var annotations = tool.TryGetProperty("annotations", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        var isReadOnly = JsonRead.Flag(annotations, "readOnlyHint") is true;
        return new ListedTool
        {
            Name = name,
            Title = JsonRead.Text(tool, "title") ?? JsonRead.Text(annotations, "title"),
            Description = JsonRead.Text(tool, "description"),
            InputSchema = tool.TryGetProperty("inputSchema", out var schema) ? schema.Clone() : null,
            IsReadOnly = isReadOnly,
            IsIdempotent = isReadOnly || JsonRead.Flag(annotations, "idempotentHint") is true,
            Canonical = canonical,
            Hash = ToolHash.Of(canonical),
        };
    }
}
