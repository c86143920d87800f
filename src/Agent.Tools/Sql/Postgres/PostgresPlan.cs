using System.Text.Json;

namespace Agent.Tools.Sql.Postgres;

/// <summary>What a statement will touch, by the server's own plan: relations beneath views, partitions and policies included.</summary>
/// <param name="Relations">Relations, <c>schema.name</c>, with the alias that they have in the statement.</param>
/// <param name="Functions">Functions that give rows, <c>schema.name</c>.</param>
internal sealed record PostgresPlan(HashSet<(string Relation, string Alias)> Relations, HashSet<string> Functions)
{
    private const int DeepestPlan = 2_000;

    /// <summary>Reads the answer to <c>EXPLAIN (VERBOSE, FORMAT JSON)</c>.</summary>
    /// <exception cref="SqlEngineException">The plan does more than read, or cannot be understood.</exception>
    internal static PostgresPlan Read(string json)
    {
        var plan = new PostgresPlan([], []);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = DeepestPlan });
            var pending = new Stack<JsonElement>();
            pending.Push(document.RootElement[0].GetProperty("Plan"));
            while (pending.TryPop(out var node))
            {
                plan.ReadNode(node);
                if (node.TryGetProperty("Plans", out var children))
                {
                    foreach (var child in children.EnumerateArray())
                    {
                        pending.Push(child);
                    }
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw new SqlEngineException(SqlFailure.Statement, "the statement is too complex to be checked", exception);
        }

        return plan;
    }

    /// <summary>An alias without the number that the server adds to the second one of its name.</summary>
    private static string Base(string alias)
    {
        var end = alias.AsSpan().TrimEnd("0123456789").Length;
        return end > 0 && end < alias.Length && alias[end - 1] == '_' ? alias[..(end - 1)] : alias;
    }

    private void ReadNode(JsonElement node)
    {
        var type = node.GetProperty("Node Type").GetString()!;
        if (node.TryGetProperty("Relation Name", out var relation))
        {
            Relations.Add((Qualified(node, relation), Base(node.GetProperty("Alias").GetString()!)));
        }
        else if (type is "ModifyTable" or "LockRows" or "Table Function Scan" or "Foreign Scan" or "Custom Scan")
        {
            throw new SqlEngineException(SqlFailure.Statement, "only SELECT from the tables of the schema is allowed");
        }

        // Several functions in one scan (ROWS FROM) have no name here; those of a statement were checked by their names.
        if (node.TryGetProperty("Function Name", out var function))
        {
            Functions.Add(Qualified(node, function));
        }
    }

    private static string Qualified(JsonElement node, JsonElement name) => $"{node.GetProperty("Schema").GetString()}.{name.GetString()}";
}
