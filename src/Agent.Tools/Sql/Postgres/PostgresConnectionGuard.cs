using Npgsql;

namespace Agent.Tools.Sql.Postgres;

/// <summary>What a connection text may not decide: how a pool is run, and what of a statement or a password gets into messages.</summary>
internal static class PostgresConnectionGuard
{
    /// <summary>The same connection with those settings in their place.</summary>
    /// <param name="connection">As it was given; stays as it is.</param>
    /// <param name="maxPoolSize">Most connections at a time.</param>
    /// <param name="longestConnect">Most seconds that opening one may take; the text may ask for fewer, but for 1 at least.</param>
    /// <param name="applicationName">What the server calls the connection where the text says nothing.</param>
    internal static NpgsqlConnectionStringBuilder Guard(NpgsqlConnectionStringBuilder connection, int maxPoolSize, int longestConnect, string applicationName) => new(connection.ConnectionString)
    {
        Pooling = true,
        MinPoolSize = 0,
        MaxPoolSize = maxPoolSize,
        Timeout = Math.Clamp(connection.Timeout, 1, longestConnect),

        // What a statement leaves behind goes before the next one comes.
        NoResetOnClose = false,
        Multiplexing = false,
        MaxAutoPrepare = 0,
        Enlist = false,
        PersistSecurityInfo = false,
        IncludeErrorDetail = false,
        LogParameters = false,
        SearchPath = null,
        ApplicationName = connection.ApplicationName ?? applicationName,
    };
}
