using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Http;

/// <summary>
/// <c>kind: http</c>: one request for each call. Options: <c>method</c>, <c>url</c>, <c>query</c>, <c>headers</c>,
/// <c>auth</c>, <c>body</c> or <c>form</c>, <c>select</c> or <c>pagination</c>, <c>follow_redirects</c>, <c>allow_private_network</c>, <c>max_response_bytes</c>.
/// GET and HEAD are idempotent.
/// </summary>
public sealed class HttpKind : IToolKind
{
    /// <inheritdoc/>
    public string Name => "http";

    /// <inheritdoc/>
    public JsonElement OptionsSchema => KindSchema.Load(Name);

    /// <inheritdoc/>
    public IToolSource? Read(ToolDefinition definition, ToolKindContext context)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(context);
        if (HttpOptionsReader.Read(definition, context) is not { } options)
        {
            return null;
        }

        var client = context.CreateHttpClient(options.AllowPrivateNetwork);
        var function = new HttpFunction(
            definition.Name,
            definition.Description ?? string.Empty,
            definition.Parameters,
            options,
            client,
            context.TimeProvider,
            context.LoggerFactory.CreateLogger<HttpFunction>());
        var onlyReads = options.Method == HttpMethod.Get || options.Method == HttpMethod.Head;
        return new ReadyToolSource(new CreatedTool(function) { IsIdempotent = onlyReads, Effects = onlyReads ? ToolEffects.Read : ToolEffects.Write });
    }
}
