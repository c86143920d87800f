using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Json;
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
        // Whoever calls outside a run is no model that could try for ever.
        var repairs = ToolRunState.TryGet(arguments, out var state) ? state.GetOrAdd(this, () => new SqlRepairs()) : null;
        if (repairs is { AreSpent: true })
        {
            throw new ToolException($"{Name} takes no further statements in this run: the first one and {SqlRepairs.Most} repairs failed. Answer with what is known, or say that the database could not be asked.");
        }

        var values = ArgumentsJson.From(arguments, JsonSerializerOptions);
        var sql = JsonRead.Text(values, "sql") ?? string.Empty;
        if (string.IsNullOrWhiteSpace(sql))
        {
            throw Failure("the argument sql must be one SELECT statement", sql, repairs, innerException: null);
        }

        try
        {
            var result = await runner.RunAsync(sql, new Dictionary<string, object?>(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false);
            repairs?.Succeed();
            return result;
        }
        catch (SqlEngineException exception)
        {
            throw Failure(exception.Message, sql, repairs, exception);
        }
    }

    private ToolException Failure(string message, string sql, SqlRepairs? repairs, Exception? innerException)
    {
        var rest = repairs?.Fail() switch
        {
            null => string.Empty,
            0 => " No repairs remain: do not call this tool again; answer with what is known.",
            1 => " Correct the statement and call again; 1 repair remains.",
            var count => $" Correct the statement and call again; {count} repairs remain.",
        };
        return new ToolException($"{message.TrimEnd('.')}. {runner.RelevantSchema(sql)}.{rest}", innerException);
    }
}
