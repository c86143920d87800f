using System.Text.Json;
using Agent.Tools.Mcp.Http;
using Agent.Tools.Mcp.Stdio;
using Agent.Tools.Registry;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Mcp;

/// <summary>
/// <c>kind: mcp</c>: the tools of a server that speaks the Model Context Protocol. Options: <c>command</c>, <c>args</c>,
/// <c>env</c>, <c>cwd</c> for a program of this machine (refused unless <see cref="ToolKindContext.AllowProcesses"/>), or
/// <c>url</c>, <c>headers</c>, <c>auth</c>, <c>allow_private_network</c> for one behind HTTP; <c>tools</c>, <c>exclude</c>,
/// <c>prefix</c>, <c>pin</c>, <c>trust_annotations</c>, <c>start_timeout</c>. Tools are taken to change something and not to be
/// idempotent, unless the file says otherwise.
/// </summary>
public sealed class McpKind : IToolKind
{
    /// <inheritdoc/>
    public string Name => "mcp";

    /// <inheritdoc/>
    public JsonElement OptionsSchema => KindSchema.Load(Name);

    /// <inheritdoc/>
    public IToolSource? Read(ToolDefinition definition, ToolKindContext context)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(context);
        if (McpOptionsReader.Read(definition, context) is not { } options)
        {
            return null;
        }

        var logger = context.LoggerFactory.CreateLogger<McpKind>();
        IMcpEndpoint endpoint = options.Program is { } program
            ? new ProgramEndpoint(definition.Name, program, options.Redactor, context.TimeProvider, logger)
            : new HttpEndpoint(options.Http!, options.Redactor, context.CreateHttpClient(options.Http!.AllowPrivateNetwork));
        var connection = new McpConnection(definition.Name, endpoint, options, context.TimeProvider, logger);
        context.DisposeWithRegistry(connection);
        return new McpSource(definition, options, context, connection);
    }
}
