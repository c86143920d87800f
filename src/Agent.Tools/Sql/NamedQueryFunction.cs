using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Sql;

/// <summary>A query of the tools file with bound parameters. Thread-safe.</summary>
internal sealed class NamedQueryFunction(ToolDefinition definition, string query, SqlRunner runner) : AIFunction
{
    public override string Name => definition.Name;

    public override string Description => definition.Description ?? string.Empty;

    public override JsonElement JsonSchema => definition.Parameters ?? ParameterSchema.None;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var values = QueryParameters.Bind(definition, ArgumentsJson.From(arguments, JsonSerializerOptions));
        try
        {
            return await runner.RunAsync(query, values, cancellationToken).ConfigureAwait(false);
        }
        catch (SqlEngineException exception)
        {
            // The model did not write this statement and cannot mend it; its text stays out of the message.
            throw new ToolException($"{Name} failed: {exception.Message}", exception);
        }
    }
}
