namespace Agent.Tools.Sql;

/// <summary>A statement with the values of its parameters and the bounds of one run.</summary>
/// <param name="Sql">One statement.</param>
internal sealed record SqlRequest(string Sql)
{
    /// <summary>Values by parameter name without its mark: <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="string"/> or null.</summary>
    internal IReadOnlyDictionary<string, object?> Parameters { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>Rows that are read at most.</summary>
    internal required int MaximumRows { get; init; }

    /// <summary>UTF-16 code units that the rows may hold together; the row that passes the bound is the last.</summary>
    internal required int MaximumCharacters { get; init; }

    /// <summary>How long the statement may run.</summary>
    internal required TimeSpan TimeLimit { get; init; }
}
