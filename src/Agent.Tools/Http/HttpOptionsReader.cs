using Agent.Tools.Http.Authentication;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Yaml;

namespace Agent.Tools.Http;

/// <summary>Reads the options of one <c>kind: http</c> entry.</summary>
internal sealed class HttpOptionsReader
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    private readonly TemplateScope _scope;
    private readonly MappingReader _reader;
    private readonly HttpFieldsReader _fields;

    private HttpOptionsReader(ToolDefinition definition, ToolKindContext context)
    {
        _scope = new TemplateScope(definition, context);
        _reader = context.ReadOptions(definition);
        _fields = new HttpFieldsReader(_scope, _reader);
    }

    /// <summary>The options, or null after a problem.</summary>
    internal static HttpOptions? Read(ToolDefinition definition, ToolKindContext context) => new HttpOptionsReader(definition, context).Read();

    private HttpOptions? Read()
    {
        var before = _scope.Context.Problems.Count;
        var method = _reader.Choice("method", "GET", Methods);
        var url = _reader.RequiredText("url");
        var query = _fields.Query("query");
        var template = url is null ? null : UrlTemplate.Parse(url, query, _scope);
        var headers = _fields.Headers();
        var body = ReadBody(method);
        var select = _fields.Pointer(_reader, "select");
        var pagination = ReadPagination(method, select);
        var followRedirects = _reader.Boolean("follow_redirects") ?? false;
        var allowPrivateNetwork = _reader.Boolean("allow_private_network") ?? false;
        var authentication = new HttpAuthenticationReader(_scope, _reader, allowPrivateNetwork).Read(headers);
        if (authentication is not null && template is { IsSecure: false } && !allowPrivateNetwork)
        {
            _scope.Report(url!.Position, "\"auth\" would be sent over http, where anyone on the way can read it", "Use https");
        }

        var maxResponseBytes = _reader.Integer("max_response_bytes", 1_024, 16 * 1_048_576) ?? 1_048_576;
        _reader.End();
        if (_scope.Context.Problems.Count == before)
        {
            _scope.ReportUnused();
        }

        if (template is null || _scope.Context.Problems.Count > before)
        {
            return null;
        }

        var redactor = new SecretRedactor(_scope.Secrets);
        return new HttpOptions
        {
            Method = new HttpMethod(method),
            Url = template,
            Headers = headers,
            Authentication = authentication?.Invoke(redactor),
            Body = body,
            Select = select,
            Pagination = pagination,
            FollowRedirects = followRedirects,
            AllowPrivateNetwork = allowPrivateNetwork,
            MaxResponseBytes = maxResponseBytes,
            Redactor = redactor,
        };
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

        return body is not null ? JsonBodyTemplate.Parse(body, _scope) : new FormBodyTemplate(_fields.Query("form"));
    }

    private HttpPagination? ReadPagination(string method, string? select)
    {
        if (_reader.Mapping("pagination") is not { } mapping)
        {
            return null;
        }

        if (method != "GET" || select is not null)
        {
            _scope.Report(
                mapping.Position,
                method != "GET" ? $"\"pagination\" stands beside method {method}" : "\"pagination\" and \"select\" stand side by side",
                method != "GET" ? "Pages are asked for with GET; remove one of the two" : "\"items\" of \"pagination\" says what is taken; remove \"select\"");
        }

        var reader = new MappingReader(mapping, _scope.Context.Problems, "\"pagination\"");
        var next = reader.RequiredText("next");
        var pointer = next is null || next.Text == HttpPagination.LinkHeader ? null : _fields.Pointer(reader, "next");
        if (!reader.Has("items"))
        {
            _scope.Report(mapping.Position, "\"pagination\" has no \"items\"", "Add the JSON pointer of a page's list, \"\" where the page is the list itself");
        }

        var items = _fields.Pointer(reader, "items");
        var pages = reader.Integer("max_pages", 2, 20) ?? 5;
        reader.End();
        return next is null || items is null ? null : new HttpPagination { Next = pointer, Items = items, MaxPages = pages };
    }
}
