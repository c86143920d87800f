using System.Buffers;
using Agent.Core.Names;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.Http;

/// <summary>Reads the options that every kind of HTTP tool has in common.</summary>
internal sealed class HttpFieldsReader(TemplateScope scope, MappingReader reader)
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // Headers that frame the message or name the server belong to the client: a wrong one would desynchronise the connection.
    private static readonly HashSet<string> ClientHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade",
        "TE", "Trailer", "Expect", "Proxy-Authorization", "Proxy-Connection", "Accept-Encoding",
    };

    internal static bool IsHeaderName(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>Whether only the HTTP client may set the header.</summary>
    internal static bool BelongsToClient(string name) => ClientHeaders.Contains(name);

    /// <summary>A mapping of names to values, for a query or a form.</summary>
    internal List<QueryParameter> Query(string key)
    {
        var fields = new List<QueryParameter>();
        foreach (var entry in reader.Mapping(key)?.Entries ?? [])
        {
            if (entry.Value is not YamlScalar { IsNull: false } scalar)
            {
                scope.Report(entry.Value.Position, $"\"{entry.Key}\" of \"{key}\" is {entry.Value.Shape}", "Write a text (\"\" for an empty one), a number or {name}, or leave the key out");
            }
            else if (scope.Parse(scalar) is { } parts)
            {
                fields.Add(new QueryParameter(
                    Uri.EscapeDataString(entry.Key),
                    [.. parts.Select(part => part.IsArgument ? part : new TemplatePart(Uri.EscapeDataString(part.Text), isArgument: false))]));
            }
        }

        return fields;
    }

    /// <summary><c>headers</c>.</summary>
    internal List<KeyValuePair<string, string>> Headers()
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var entry in reader.Mapping("headers")?.Entries ?? [])
        {
            if (!IsHeaderName(entry.Key))
            {
                scope.Report(entry.KeyPosition, $"header name \"{entry.Key}\" is not allowed", "Use letters, digits and -");
            }
            else if (BelongsToClient(entry.Key))
            {
                scope.Report(entry.KeyPosition, $"header \"{entry.Key}\" cannot be set", "Remove it; the HTTP client sets it from url, body and form");
            }
            else if (entry.Value is not YamlScalar { IsNull: false } scalar)
            {
                scope.Report(entry.Value.Position, $"header \"{entry.Key}\" is {entry.Value.Shape}", "Write a text, or leave the header out");
            }
            else if (scope.ParseWithoutArguments(scalar) is { } value)
            {
                if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                {
                    scope.Report(scalar.Position, $"the value of header \"{entry.Key}\" has a line break or a character outside ASCII", "Write it on one line in ASCII");
                }

                headers.Add(new KeyValuePair<string, string>(entry.Key, value));
            }
        }

        return headers;
    }

    /// <summary>A JSON pointer, or null when it is absent or wrong.</summary>
    internal string? Pointer(MappingReader owner, string key)
    {
        if (owner.Text(key) is not { } text)
        {
            return null;
        }

        if (JsonPointer.IsValid(text.Text))
        {
            return text.Text;
        }

        scope.Report(text.Position, $"\"{key}\" is {text.Shape}, which is no JSON pointer", "Write it like /data/items/0 (RFC 6901)");
        return null;
    }

    /// <summary><c>pagination</c>, or null when it is absent or wrong.</summary>
    internal HttpPagination? Pagination(MappingReader owner, string? select, out SourcePosition position)
    {
        position = owner.Position;
        if (owner.Mapping("pagination") is not { } mapping)
        {
            return null;
        }

        position = mapping.Position;
        if (select is not null)
        {
            scope.Report(position, "\"pagination\" and \"select\" stand side by side", "\"items\" of \"pagination\" says what is taken; remove \"select\"");
        }

        var pages = new MappingReader(mapping, scope.Context.Problems, "\"pagination\"");
        var next = pages.RequiredText("next");
        var pointer = next is null || next.Text == HttpPagination.LinkHeader ? null : Pointer(pages, "next");
        if (!pages.Has("items"))
        {
            scope.Report(position, "\"pagination\" has no \"items\"", "Add the JSON pointer of a page's list, \"\" where the page is the list itself");
        }

        var items = Pointer(pages, "items");
        var maximum = pages.Integer("max_pages", 2, 20) ?? 5;
        pages.End();
        return next is null || items is null ? null : new HttpPagination { Next = pointer, Items = items, MaxPages = maximum };
    }
}
