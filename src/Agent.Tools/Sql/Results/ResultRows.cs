namespace Agent.Tools.Sql.Results;

/// <summary>Takes the rows of a result as they come, no more of them than are asked for. Not thread-safe.</summary>
internal sealed class ResultRows(IReadOnlyList<string> columns, SqlRequest request)
{
    private readonly List<object?[]> _rows = [];
    private long _characters;

    /// <summary>Whether no further row is wanted; one that comes all the same says that there are more.</summary>
    internal bool IsComplete => _rows.Count == request.MaximumRows;

    /// <summary>Takes a row.</summary>
    /// <returns>Whether there is room for another: no row is read in vain after long ones.</returns>
    internal bool Add(object?[] row)
    {
        _rows.Add(row);
        _characters += row.Sum(cell => (cell as string)?.Length ?? 0);
        return _characters <= request.MaximumCharacters;
    }

    internal SqlResult End(bool hasMore) => new(columns, _rows, hasMore);
}
