using Agent.Core.Agents;
using Microsoft.Data.Sqlite;

namespace Agent.Tools.Sql.Shop;

/// <summary>
/// The sample shop: a database file that is made whole. One that the tools file names is made once and never touched again; that in the
/// folder for application data is nobody's work, and is made anew after a week, so that its orders reach up to today.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="timeProvider">Says what today is.</param>
/// <param name="keepsFresh">Whether an old file is replaced.</param>
internal sealed class ShopDatabase(string path, TimeProvider timeProvider, bool keepsFresh)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromDays(7);

    /// <summary>Where the sample lies by default; null where the system has no folder for application data.</summary>
    internal static string? DefaultPath()
    {
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return folder.Length == 0 ? null : Path.Combine(folder, "agent", "samples", "shop.db");
    }

    /// <summary>Creates the file unless there is one that will do.</summary>
    /// <exception cref="ToolException">The file cannot be written.</exception>
    internal void EnsureCreated()
    {
        var exists = File.Exists(path);
        if (exists && !(keepsFresh && timeProvider.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) > Fresh))
        {
            return;
        }

        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Fill(temporary);
            File.Move(temporary, path, overwrite: exists);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && File.Exists(path))
        {
            // Another process was faster, or reads the old one; either will do.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new ToolException("the sample shop cannot be written. Name a file in a folder that this process may write with \"database\"", exception);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private void Fill(string file)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false }.ConnectionString);
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = ShopResources.Read("schema.sql");
            command.ExecuteNonQuery();
        }

        var today = DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime);
        ShopSeed.Fill(connection, today);
        transaction.Commit();
    }
}
