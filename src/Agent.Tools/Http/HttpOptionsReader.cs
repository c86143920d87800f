using Agent.Tools.Http.Authentication;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Templates;
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
        var pagination = _fields.Pagination(_reader, select, out var paginationPosition);
        if (pagination is not null && method != "GET")
        {
            _scope.Report(paginationPosition, $"\"pagination\" stands beside method {method}", "Pages are asked for with GET; remove one of the two");
        }

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
            _scope.ReportUnused("url, query, body or form");
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
}
