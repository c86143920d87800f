namespace Agent.Tools.Sql.Results;

/// <summary>The columns of a result: how many there may be, and what they are called.</summary>
internal static class ResultColumns
{
    private const int Most = 100;

    /// <exception cref="SqlEngineException">There are more columns than a model can use.</exception>
    internal static void Check(int count)
    {
        if (count > Most)
        {
            throw new SqlEngineException(SqlFailure.Limit, $"the result has more than {Most} columns");
        }
    }

    /// <summary>The names, each of them once: where one comes again, a number tells them apart.</summary>
    internal static IReadOnlyList<string> Unique(IEnumerable<string> names)
    {
        var taken = new List<string>();
        foreach (var name in names)
        {
            var unique = name;
            for (var number = 2; taken.Contains(unique, StringComparer.Ordinal); number++)
            {
                unique = $"{name}_{number}";
            }

            taken.Add(unique);
        }

        return taken;
    }
}
