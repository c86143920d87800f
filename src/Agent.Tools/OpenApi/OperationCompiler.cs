using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Agent.Core.Schemas;
using Agent.Tools.Http;
using Agent.Tools.Json;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.OpenApi;

/// <summary>
/// Makes one operation into the schema of its arguments and the request that they fill in. A parameter that cannot be sent is
/// left out where it is optional, and an error where it is not.
/// </summary>
internal sealed class OperationCompiler(OpenApiDocument document, OpenApiOptions options)
{
    // By the specification, parameters of these names are ignored: the client has its own.
    private static readonly HashSet<string> IgnoredHeaders = new(StringComparer.OrdinalIgnoreCase) { "Accept", "Content-Type", "Authorization" };

    /// <exception cref="OpenApiException">The operation cannot be called; the message does not name it.</exception>
    internal (JsonElement Schema, HttpOptions Request) Compile(OpenApiOperation operation, string toolName, OpenApiSelection? selection)
    {
        if (selection?.Pagination is not null && operation.Method != "GET")
        {
            throw new OpenApiException($"\"pagination\" stands beside method {operation.Method}", "Pages are asked for with GET; remove \"pagination\"");
        }

        var arguments = new OrderedDictionary<string, (OperationParameter? Parameter, JsonElement Schema, string? Description, bool IsRequired)>(StringComparer.Ordinal);
        var query = new List<QueryParameter>();
        var headers = new List<ArgumentHeader>();
        var inPath = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in OperationParameter.Of(operation, document).Where(CanBeSent))
        {
            var argument = arguments.ContainsKey(parameter.Name) ? $"{parameter.Place}_{parameter.Name}" : parameter.Name;
            if (!arguments.TryAdd(argument, (parameter, parameter.Schema, parameter.Description, parameter.IsRequired)))
            {
                throw new OpenApiException($"two parameters would be called \"{argument}\"", "Rename one of them in the document");
            }

            switch (parameter.Place)
            {
                case "path":
                    inPath[parameter.Name] = argument;
                    break;
                case "query":
                    query.Add(new QueryParameter(Uri.EscapeDataString(parameter.Name), [new TemplatePart(argument, isArgument: true)], parameter.EncodedSeparator));
                    break;
                default:
                    headers.Add(new ArgumentHeader(parameter.Name, argument));
                    break;
            }
        }

        IBodyTemplate? body = null;
        if (Body(operation) is var (schema, description, isRequired, mediaType))
        {
            var argument = arguments.ContainsKey("body") ? "request_body" : "body";
            arguments.Add(argument, (null, schema, description, isRequired));
            body = new ArgumentBody(argument, mediaType);
        }

        var server = OpenApiServer.Find(document, operation, options);
        return (Schema(arguments.Select(pair => (pair.Key, pair.Value.Schema, pair.Value.Description, pair.Value.IsRequired)), toolName), new HttpOptions
        {
            Method = new HttpMethod(operation.Method),
            Url = UrlTemplate.Create(new Uri(server.GetLeftPart(UriPartial.Authority)), OperationPath.Parse(server, operation.Path, inPath), [.. options.Query, .. query]),
            Headers = options.Headers,
            ArgumentHeaders = headers,
            Authentication = options.Authentication,
            Body = body,
            Select = selection?.Select,
            Pagination = selection?.Pagination,
            FollowRedirects = options.FollowRedirects,
            AllowPrivateNetwork = options.AllowPrivateNetwork,
            MaxResponseBytes = options.MaxResponseBytes,
            Redactor = options.Redactor,
        });
    }

    private bool CanBeSent(OperationParameter parameter)
    {
        // What the tools file gives is not for the model to change.
        var isGiven = parameter.Place switch
        {
            "header" => IgnoredHeaders.Contains(parameter.Name) || options.Headers.Any(header => string.Equals(header.Key, parameter.Name, StringComparison.OrdinalIgnoreCase)),
            "query" => options.Query.Any(field => field.EncodedName == Uri.EscapeDataString(parameter.Name)),
            _ => false,
        };
        if (isGiven)
        {
            return false;
        }

        var obstacle = parameter.Place == "header" && (!HttpFieldsReader.IsHeaderName(parameter.Name) || HttpFieldsReader.BelongsToClient(parameter.Name))
            ? "it is a header that only the HTTP client sets"
            : parameter.Obstacle;
        return obstacle is null || (parameter.IsRequired
            ? throw new OpenApiException($"its parameter \"{parameter.Name}\" is required but cannot be sent: {obstacle}", "Choose another operation, or use kind http")
            : false);
    }

    private (JsonElement Schema, string? Description, bool IsRequired, MediaTypeHeaderValue MediaType)? Body(OpenApiOperation operation)
    {
        if (!operation.Definition.TryGetProperty("requestBody", out var reference))
        {
            return null;
        }

        var body = document.Resolve(reference);
        var isRequired = JsonRead.Flag(body, "required") == true;
        foreach (var content in JsonRead.Members(body, "content").OrderBy(content => content.Name.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) ? 0 : 1))
        {
            if (!operation.OnlyReads
                && MediaTypeHeaderValue.TryParse(content.Name, out var mediaType)
                && IsJson(mediaType.MediaType!)
                && content.Value.ValueKind == JsonValueKind.Object)
            {
                var schema = content.Value.TryGetProperty("schema", out var given) ? given : JsonDocument.Parse("{}").RootElement;
                return (schema, JsonRead.Text(body, "description"), isRequired, mediaType);
            }
        }

        return isRequired ? throw new OpenApiException("its request body is required but is not JSON", "Choose another operation, or use kind http with \"form\"") : null;
    }

    private static bool IsJson(string type) =>
        type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);

    private JsonElement Schema(IEnumerable<(string Name, JsonElement Schema, string? Description, bool IsRequired)> arguments, string toolName)
    {
        var list = arguments.ToList();
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, YamlJson.Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "object");
            writer.WriteStartObject("properties");
            foreach (var argument in list)
            {
                writer.WritePropertyName(argument.Name);
                new SchemaExpander(document).Write(writer, argument.Schema, argument.Description);
            }

            writer.WriteEndObject();
            writer.WriteStartArray("required");
            foreach (var argument in list.Where(argument => argument.IsRequired))
            {
                writer.WriteStringValue(argument.Name);
            }

            writer.WriteEndArray();
            writer.WriteBoolean("additionalProperties", false);
            writer.WriteEndObject();
        }

        using var json = JsonDocument.Parse(buffer.WrittenMemory);
        var schema = json.RootElement.Clone();
        try
        {
            JsonSchema.CompileForTool(toolName, schema);
            return schema;
        }
        catch (JsonSchemaException exception)
        {
            throw new OpenApiException($"its schema cannot be enforced at \"{exception.Pointer}\": {exception.Problem}", exception.Fix.TrimEnd('.'));
        }
    }
}
