using Agent.Core.Retrieval.Storage;
using Agent.Host.Configuration;
using Agent.Tools.Passages;

namespace Agent.Host.Composition;

/// <summary>Where the settings want collections to be.</summary>
internal static class PassageStorage
{
    /// <summary>The collections of the tenant that the settings name; nothing is connected to yet.</summary>
    public static IPassageCollections Open(AgentSettings settings) => settings.Retrieval.Connection is { } connection
        ? new PostgresPassageCollections(connection, settings.Retrieval.Tenant.Value)
        : new PassageCollections(settings.CollectionsPath());

    /// <summary>That place in words, without secrets.</summary>
    public static string Describe(AgentSettings settings) => settings.Retrieval.Connection is null ? settings.CollectionsPath() : $"PostgreSQL, tenant {settings.Retrieval.Tenant}";
}
