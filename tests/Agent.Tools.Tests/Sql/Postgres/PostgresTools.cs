using System.Text.Json;
using Agent.Tools.Registry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tools.Tests.Sql.Postgres;

/// <summary>sql tools over the server of the tests.</summary>
internal static class PostgresTools
{
    /// <summary>A builder over one tool named "ask"; <c>connection</c> is filled in.</summary>
    public static ToolRegistryBuilder Builder(this PostgresServer server, string options, string extra = "description: Ask the shop", string role = "reader", string? connection = null, ILoggerFactory? logs = null) =>
        new ToolRegistryBuilder
        {
            Environment = name => name == "SHOP_DB" ? connection ?? server.Connection(role) : null,
            LoggerFactory = logs ?? NullLoggerFactory.Instance,
        }.AddText(
            $$"""
            version: 1
            tools:
              - name: ask
                kind: sql
                {{extra.ReplaceLineEndings("\n    ")}}
                options:
                  connection: ${SHOP_DB}
                  {{options.ReplaceLineEndings("\n      ")}}
            """,
            "tools.yaml");

    public static Task<ToolRegistry> BuildAsync(this PostgresServer server, string options, string extra = "description: Ask the shop", string role = "reader") =>
        server.Builder(options, extra, role).BuildAsync();

    public static string Ask(string sql) => JsonSerializer.Serialize(new Dictionary<string, string> { ["sql"] = sql });
}
