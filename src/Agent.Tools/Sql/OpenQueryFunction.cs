using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Sql;

/// <summary>Statements of the model over an allowed schema, which its description tells. Thread-safe.</summary>
internal sealed class OpenQueryFunction(ToolDefinition definition, string description, SqlRunner runner) : AIFunction
{
    private static readonly JsonElement Parameters = JsonDocument.Parse(
        """{"type":"object","properties":{"sql":{"type":"string","description":"One SELECT statement"}},"required":["sql"]}""").RootElement;

    public override string Name => definition.Name;

    public override string Description => definition.Description is { } own ? $"{own}\n{description}" : description;

    public override JsonElement JsonSchema => Parameters;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var values = ArgumentsJson.From(arguments, JsonSerializerOptions);
        var sql = values.TryGetProperty("sql", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
        if (string.IsNullOrWhiteSpace(sql))
        {
            throw new ToolException($"The argument sql must be one SELECT statement. Tables: {runner.BriefSchema()}");
        }

        try
        {
            return await runner.RunAsync(sql, new Dictionary<string, object?>(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false);
        }
        catch (SqlEngineException exception)
        {
            throw new ToolException($"{exception.Message}. Tables: {runner.BriefSchema()}", exception);
        }
    }
}
