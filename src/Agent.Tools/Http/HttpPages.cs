using System.Buffers;
using System.Text;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Names;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.Http;

/// <summary>
/// Follows the pages of a list. Every page passes the address check as the first one does, and only pages of the server that
/// the file names are asked for, so that no answer can send the tool and its credentials elsewhere.
/// </summary>
internal sealed class HttpPages(HttpExchange exchange, HttpOptions options, TimeProvider timeProvider)
{
    private const int LongestLink = 8_192;

    /// <summary><c>{"note": ..., "items": [...]}</c>: a note stands first where the list is not complete, and is absent where it is.</summary>
    /// <exception cref="ToolException">A page cannot be had or used.</exception>
    internal async Task<JsonElement> ReadAsync(Uri first, CallArguments arguments, CancellationToken cancellationToken)
    {
        var pagination = options.Pagination!;
        var items = new List<JsonElement>();
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var room = options.MaxResponseBytes;
        var url = first;
        while (true)
        {
            visited.Add(url.AbsoluteUri);
            using var response = await exchange.SendAsync(url, arguments, cancellationToken).ConfigureAwait(false);
            var text = await HttpResponseReader.ReadTextAsync(response, options, room, timeProvider, cancellationToken).ConfigureAwait(false);
            if (text is null)
            {
                return visited.Count > 1
                    ? Result(items, $"incomplete: page {visited.Count} would make the answer longer than {options.MaxResponseBytes} bytes")
                    : throw HttpResponseReader.TooLong(options);
            }

            room -= Encoding.UTF8.GetByteCount(text);
            var page = HttpResponseReader.ParseJson(options.Redactor.Redact(text), options);
            if (!JsonPointer.TryResolve(page, pagination.Items, out var list) || list.ValueKind != JsonValueKind.Array)
            {
                throw new ToolException(options.Redactor.Redact($"page {visited.Count} of {options.Url.Host} has no list at \"{pagination.Items}\""));
            }

            items.AddRange(list.EnumerateArray());

            // The link is read before secrets are masked: servers repeat the key of a query in it.
            if (Link(response, text, pagination) is not { Length: > 0 } link)
            {
                return Result(items, note: null);
            }

            if (visited.Count >= pagination.MaxPages)
            {
                return Result(items, $"incomplete: stopped after {visited.Count} pages, more follow");
            }

            var current = response.RequestMessage?.RequestUri ?? url;
            if (link.Length > LongestLink || !Uri.TryCreate(current, link, out var next) || !HttpExchange.IsSameOrigin(first, next) || next.UserInfo.Length > 0)
            {
                return Result(items, $"incomplete: page {visited.Count} names a next page on another server, which is not followed");
            }

            if (visited.Contains(next.AbsoluteUri))
            {
                return Result(items, $"incomplete: page {visited.Count} names a next page that was read before");
            }

            url = next;
        }
    }

    private string? Link(HttpResponseMessage response, string text, HttpPagination pagination)
    {
        if (pagination.Next is null)
        {
            return response.Headers.TryGetValues("Link", out var values) ? LinkHeader.Next(values) : null;
        }

        return JsonPointer.TryResolve(HttpResponseReader.ParseJson(text, options), pagination.Next, out var link) && link.ValueKind == JsonValueKind.String ? link.GetString() : null;
    }

    private static JsonElement Result(IReadOnlyList<JsonElement> items, string? note)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, YamlJson.Relaxed))
        {
            writer.WriteStartObject();
            if (note is not null)
            {
                writer.WriteString("note", note);
            }

            writer.WriteStartArray("items");
            foreach (var item in items)
            {
                item.WriteTo(writer);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
