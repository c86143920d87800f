using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Tools.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Tools.Mcp.Listing;

/// <summary>Reads all pages of a server's list of tools, within bounds.</summary>
internal static class ToolList
{
    internal const int MaximumPages = 100;
    internal const int MaximumTools = 2_000;
    internal const int MaximumCharacters = 4 * 1_048_576;

    // A key that stands twice would be hashed as one text and read as another.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="InvalidDataException">The list is endless, or none.</exception>
    internal static async Task<IReadOnlyList<ListedTool>> ReadAsync(McpClient client, CancellationToken cancellationToken)
    {
        var tools = new List<ListedTool>();
        var characters = 0L;
        string? cursor = null;
        for (var page = 1; ; page++)
        {
            var parameters = cursor is null ? new JsonObject() : new JsonObject { ["cursor"] = cursor };
            var response = await client.SendRequestAsync(new JsonRpcRequest { Method = RequestMethods.ToolsList, Params = parameters }, cancellationToken).ConfigureAwait(false);
            var text = response.Result?.ToJsonString() ?? "null";
            characters += text.Length;
            cursor = Read(text, tools);
            if (cursor is null)
            {
                return tools;
            }

            if (page == MaximumPages || tools.Count > MaximumTools || characters > MaximumCharacters)
            {
                throw new InvalidDataException($"its list of tools goes on after {page} pages with {tools.Count} tools");
            }
        }
    }

    private static string? Read(string page, List<ListedTool> tools)
    {
        try
        {
            using var document = JsonDocument.Parse(page, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("tools", out var list) || list.ValueKind != JsonValueKind.Array)
            {
                throw new InvalidDataException("its list of tools is none");
            }

            tools.AddRange(list.EnumerateArray().Select(ListedTool.Read).OfType<ListedTool>());
            return JsonRead.Text(root, "nextCursor");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("its list of tools cannot be read: it has a key twice, or a text that is no Unicode", exception);
        }
    }
}
