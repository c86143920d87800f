using Agent.Tools.Http;
using Agent.Tools.Http.Authentication;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.OpenApi;

/// <summary>Reads the options of one <c>kind: openapi</c> entry.</summary>
internal sealed class OpenApiOptionsReader
{
    private readonly ToolDefinition _definition;
    private readonly TemplateScope _scope;
    private readonly MappingReader _reader;
    private readonly HttpFieldsReader _fields;

    private OpenApiOptionsReader(ToolDefinition definition, ToolKindContext context)
    {
        _definition = definition;
        _scope = new TemplateScope(definition, context);
        _reader = context.ReadOptions(definition);
        _fields = new HttpFieldsReader(_scope, _reader);
    }

    /// <summary>The options, or null after a problem.</summary>
    internal static OpenApiOptions? Read(ToolDefinition definition, ToolKindContext context) => new OpenApiOptionsReader(definition, context).Read();

    private OpenApiOptions? Read()
    {
        var problems = _scope.Context.Problems;
        var before = problems.Count;
        if (_definition.Parameters is not null)
        {
            _scope.Report(_definition.ParametersPosition, "\"parameters\" stands beside kind openapi", "Remove it; the document describes the parameters");
        }

        var allowPrivateNetwork = _reader.Boolean("allow_private_network") ?? false;
        var document = _reader.RequiredText("document");
        var address = document is null ? null : _scope.ParseWithoutArguments(document);
        var sha256 = ReadHash();
        var url = address is null ? null : ReadUrl(document!, address, sha256, allowPrivateNetwork);
        var operations = ReadOperations();
        var server = _reader.Text("server") is { } text ? _scope.ParseWithoutArguments(text) : null;
        var prefix = _reader.Text("prefix");
        if (prefix is not null && !ToolNameRule.AllowsPrefix(prefix.Text))
        {
            _scope.Report(prefix.Position, $"\"prefix\" is {prefix.Shape}", $"Use {ToolNameRule.PrefixWords}");
        }

        var headers = _fields.Headers();
        var query = _fields.Query("query");
        var authentication = new HttpAuthenticationReader(_scope, _reader, allowPrivateNetwork).Read(headers);
        var followRedirects = _reader.Boolean("follow_redirects") ?? false;
        var maxResponseBytes = _reader.Integer("max_response_bytes", 1_024, 16 * 1_048_576) ?? 1_048_576;
        _reader.End();
        if (address is null || problems.Count > before)
        {
            return null;
        }

        var redactor = new SecretRedactor(_scope.Secrets);
        return new OpenApiOptions
        {
            Document = address,
            DocumentPosition = document!.Position,
            DocumentUrl = url,
            Sha256 = sha256,
            Operations = operations,
            Server = server,
            Prefix = prefix?.Text ?? string.Empty,
            Headers = headers,
            Query = query,
            Authentication = authentication?.Invoke(redactor),
            FollowRedirects = followRedirects,
            AllowPrivateNetwork = allowPrivateNetwork,
            MaxResponseBytes = maxResponseBytes,
            Redactor = redactor,
        };
    }

    private string? ReadHash()
    {
        if (_reader.Text("sha256") is not { } text)
        {
            return null;
        }

        if (text.Text.Length != 64 || !text.Text.All(char.IsAsciiHexDigit))
        {
            _scope.Report(text.Position, $"\"sha256\" is {text.Shape}", "Write the 64 hexadecimal digits that sha256sum prints for the document");
            return null;
        }

        return text.Text.ToLowerInvariant();
    }

    private Uri? ReadUrl(YamlScalar document, string address, string? sha256, bool allowPrivateNetwork)
    {
        if (!address.Contains("://", StringComparison.Ordinal))
        {
            return null;
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var url)
            || url.UserInfo.Length > 0
            || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && allowPrivateNetwork)))
        {
            _scope.Report(document.Position, "\"document\" is no https URL", "Write https://..., or the path of a file");
        }
        else if (sha256 is null && !_reader.Has("sha256"))
        {
            _scope.Report(document.Position, "\"document\" is a URL without \"sha256\"", "Read the document, then add the hash that sha256sum prints for it");
        }

        return url;
    }

    private List<OpenApiSelection>? ReadOperations()
    {
        var all = _reader.Boolean("all") ?? false;
        var list = _reader.Sequence("operations");
        if (all == list is { Items.Count: > 0 })
        {
            _scope.Report(
                list?.Position ?? _reader.Position,
                all ? "\"all\" and \"operations\" stand side by side" : "no operation is chosen",
                all ? "Keep one of the two" : "List them: operations: [getPet, \"GET /pets\"]; \"all: true\" takes every operation that only reads");
        }

        return all || list is null ? null : [.. list.Items.Select(ReadOperation).OfType<OpenApiSelection>()];
    }

    private OpenApiSelection? ReadOperation(YamlValue item)
    {
        switch (item)
        {
            case YamlScalar { IsNull: false } scalar:
                return new OpenApiSelection(scalar.Text, Select: null, Pagination: null, scalar.Position);
            case YamlMapping mapping:
                var reader = new MappingReader(mapping, _scope.Context.Problems, "the item of \"operations\"");
                var operation = reader.RequiredText("operation");
                var select = _fields.Pointer(reader, "select");
                var pagination = _fields.Pagination(reader, select, out _);
                reader.End();
                return operation is null ? null : new OpenApiSelection(operation.Text, select, pagination, operation.Position);
            default:
                _scope.Report(item.Position, $"an item of \"operations\" is {item.Shape}", "Write an operationId, or \"GET /path\"");
                return null;
        }
    }
}
