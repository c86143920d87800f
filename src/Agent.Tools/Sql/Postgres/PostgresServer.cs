using System.Collections.Frozen;

namespace Agent.Tools.Sql.Postgres;

/// <summary>What the guard must know of a server. Immutable.</summary>
internal sealed record PostgresServer
{
    /// <summary>The oldest <c>server_version_num</c> with what is needed: 13.</summary>
    internal const int OldestVersion = 130_000;

    /// <summary>Names of the functions that a call without a schema can mean.</summary>
    internal required FrozenSet<string> Functions { get; init; }

    /// <summary>The words of the server's grammar.</summary>
    internal required FrozenSet<string> Keywords { get; init; }

    /// <summary>The schemas.</summary>
    internal required FrozenSet<string> Schemas { get; init; }

    /// <summary>Whether the role may bound its temporary files.</summary>
    internal required bool CanLimitFiles { get; init; }
}
