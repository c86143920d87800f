using System.Text.Json;
using Agent.Tools.Mcp.Listing;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Mcp;

/// <summary>A tool of a server as a function. Thread-safe.</summary>
internal sealed class McpFunction(string name, string description, JsonElement schema, ListedTool tool, McpConnection connection, SecretRedactor redactor) : AIFunction
{
    public override string Name => name;

    public override string Description => description;

    public override JsonElement JsonSchema => schema;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var result = await connection.CallAsync(tool, Name, ArgumentsJson.From(arguments, JsonSerializerOptions), cancellationToken).ConfigureAwait(false);
        return McpResult.Read(result, Name, redactor);
    }
}
