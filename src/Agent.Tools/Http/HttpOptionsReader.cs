using System.Buffers;
using Agent.Core.Names;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Yaml;

namespace Agent.Tools.Http;

/// <summary>Reads the options of one <c>kind: http</c> entry.</summary>
internal sealed class HttpOptionsReader
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // Headers that frame the message or name the server belong to the client: a wrong one would desynchronise the connection.
    private static readonly HashSet<string> ClientHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade",
        "TE", "Trailer", "Expect", "Proxy-Authorization", "Proxy-Connection", "Accept-Encoding",
    };

    private readonly TemplateScope _scope;
    private readonly MappingReader _reader;

    private HttpOptionsReader(ToolDefinition definition, ToolKindContext context)
    {
        _scope = new TemplateScope(definition, context);
        _reader = context.ReadOptions(definition);
    }

    /// <summary>The options, or null after a problem.</summary>
    internal static HttpOptions? Read(ToolDefinition definition, ToolKindContext context) => new HttpOptionsReader(definition, context).Read();

    private HttpOptions? Read()
    {
        var before = _scope.Context.Problems.Count;
        var method = _reader.Choice("method", "GET", Methods);
        var url = _reader.RequiredText("url");
        var query = ReadFields("query");
        var template = url is null ? null : UrlTemplate.Parse(url, query, _scope);
        var headers = ReadHeaders();
        var body = ReadBody(method);
        var select = ReadSelect();
        var followRedirects = _reader.Boolean("follow_redirects") ?? false;
        var allowPrivateNetwork = _reader.Boolean("allow_private_network") ?? false;
        var maxResponseBytes = _reader.Integer("max_response_bytes", 1_024, 16 * 1_048_576) ?? 1_048_576;
        _reader.End();
        if (_scope.Context.Problems.Count == before)
        {
            _scope.ReportUnused();
        }

        return template is null || _scope.Context.Problems.Count > before
            ? null
            : new HttpOptions
            {
                Method = new HttpMethod(method),
                Url = template,
                Headers = headers,
                Body = body,
                Select = select,
                FollowRedirects = followRedirects,
                AllowPrivateNetwork = allowPrivateNetwork,
                MaxResponseBytes = maxResponseBytes,
                Redactor = new SecretRedactor(_scope.Secrets),
            };
    }

    private List<QueryParameter> ReadFields(string key)
    {
        var fields = new List<QueryParameter>();
        foreach (var entry in _reader.Mapping(key)?.Entries ?? [])
        {
            if (entry.Value is not YamlScalar scalar)
            {
                _scope.Report(entry.Value.Position, $"\"{entry.Key}\" of \"{key}\" is {entry.Value.Shape}", "Write a text, a number or {name}");
            }
            else if (_scope.Parse(scalar) is { } parts)
            {
                fields.Add(new QueryParameter(
                    Uri.EscapeDataString(entry.Key),
                    [.. parts.Select(part => part.IsArgument ? part : new TemplatePart(Uri.EscapeDataString(part.Text), isArgument: false))]));
            }
        }

        return fields;
    }

    private List<KeyValuePair<string, string>> ReadHeaders()
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var entry in _reader.Mapping("headers")?.Entries ?? [])
        {
            if (entry.Key.Length == 0 || entry.Key.AsSpan().ContainsAnyExcept(TokenCharacters))
            {
                _scope.Report(entry.KeyPosition, $"header name \"{entry.Key}\" is not allowed", "Use letters, digits and -");
            }
            else if (ClientHeaders.Contains(entry.Key))
            {
                _scope.Report(entry.KeyPosition, $"header \"{entry.Key}\" cannot be set", "Remove it; the HTTP client sets it from url, body and form");
            }
            else if (entry.Value is not YamlScalar scalar)
            {
                _scope.Report(entry.Value.Position, $"header \"{entry.Key}\" is {entry.Value.Shape}", "Write a text");
            }
            else if (_scope.ParseWithoutArguments(scalar) is { } value)
            {
                if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                {
                    _scope.Report(scalar.Position, $"the value of header \"{entry.Key}\" has a line break or a character outside ASCII", "Write it on one line in ASCII");
                }

                headers.Add(new KeyValuePair<string, string>(entry.Key, value));
            }
        }

        return headers;
    }

    private IBodyTemplate? ReadBody(string method)
    {
        var body = _reader.Value("body");
        var form = _reader.Value("form");
        if (body is null && form is null)
        {
            return null;
        }

        var position = (form ?? body)!.Position;
        if (body is not null && form is not null)
        {
            _scope.Report(position, "\"body\" and \"form\" stand side by side", "Keep one of the two");
        }
        else if (method is "GET" or "HEAD")
        {
            _scope.Report(position, $"method {method} takes no \"{(form is null ? "body" : "form")}\"", "Use POST, PUT, PATCH or DELETE, or move the values to \"query\"");
        }

        return body is not null ? JsonBodyTemplate.Parse(body, _scope) : new FormBodyTemplate(ReadFields("form"));
    }

    private string? ReadSelect()
    {
        if (_reader.Text("select") is not { } text)
        {
            return null;
        }

        if (JsonPointer.IsValid(text.Text))
        {
            return text.Text;
        }

        _scope.Report(text.Position, $"\"select\" is {text.Shape}, which is no JSON pointer", "Write it like /data/items/0 (RFC 6901)");
        return null;
    }
}
