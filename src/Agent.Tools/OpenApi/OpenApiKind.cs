using System.Text.Json;
using Agent.Tools.Registry;

namespace Agent.Tools.OpenApi;

/// <summary>
/// <c>kind: openapi</c>: one tool for each chosen operation of an OpenAPI 3.0 or 3.1 document. Options: <c>document</c>,
/// <c>sha256</c>, <c>operations</c> or <c>all</c>, <c>server</c>, <c>prefix</c>, and as for <c>kind: http</c> <c>headers</c>,
/// <c>query</c>, <c>auth</c>, <c>follow_redirects</c>, <c>allow_private_network</c>, <c>max_response_bytes</c>.
/// GET and HEAD are idempotent.
/// </summary>
public sealed class OpenApiKind : IToolKind
{
    /// <inheritdoc/>
    public string Name => "openapi";

    /// <inheritdoc/>
    public JsonElement OptionsSchema => KindSchema.Load(Name);

    /// <inheritdoc/>
    public IToolSource? Read(ToolDefinition definition, ToolKindContext context)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(context);
        return OpenApiOptionsReader.Read(definition, context) is { } options
            ? new OpenApiSource(definition, options, context, context.CreateHttpClient(options.AllowPrivateNetwork))
            : null;
    }
}
