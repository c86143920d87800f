namespace Agent.Tools.Tests.Sql.Postgres;

/// <summary>Finds the programs of a PostgreSQL server.</summary>
internal static class PostgresBinaries
{
    /// <summary>Their folder, that of the newest version; null where none is installed.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Why tests are skipped; null where they are not.</summary>
    public static string? Missing => Folder is null ? "No PostgreSQL server is installed; on Debian: apt-get install postgresql." : null;

    private static string? Find()
    {
        const string Versions = "/usr/lib/postgresql";
        var folders = Directory.Exists(Versions)
            ? Directory.EnumerateDirectories(Versions)
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        return folders.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }
}
