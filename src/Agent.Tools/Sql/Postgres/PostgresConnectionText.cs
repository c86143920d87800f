using System.Globalization;
using Npgsql;

namespace Agent.Tools.Sql.Postgres;

/// <summary>Reads a connection string, as .NET writes it (<c>Host=...;Username=...</c>) or as a URI (<c>postgresql://...</c>). Problems name no value.</summary>
internal static class PostgresConnectionText
{
    internal static NpgsqlConnectionStringBuilder? Parse(string text, out string problem)
    {
        problem = string.Empty;
        try
        {
            var isUri = text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);
            var connection = isUri ? FromUri(new Uri(text, UriKind.Absolute)) : new NpgsqlConnectionStringBuilder(text);
            problem = Missing(connection);
            return problem.Length == 0 ? connection : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            // What is wrong may be a part of the password.
            problem = "is no connection string";
            return null;
        }
    }

    private static string Missing(NpgsqlConnectionStringBuilder connection) =>
        string.IsNullOrWhiteSpace(connection.Host) ? "names no host"
        : string.IsNullOrWhiteSpace(connection.Username) ? "names no user"
        : string.IsNullOrWhiteSpace(connection.Database) ? "names no database"
        : string.Empty;

    private static NpgsqlConnectionStringBuilder FromUri(Uri uri)
    {
        var user = uri.UserInfo.Split(':', 2);
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Username = Uri.UnescapeDataString(user[0]),
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
        };
        if (user.Length > 1)
        {
            connection.Password = Uri.UnescapeDataString(user[1]);
        }

        if (uri.Port > 0)
        {
            connection.Port = uri.Port;
        }

        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            Set(connection, parts[0], Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : string.Empty));
        }

        return connection;
    }

    private static void Set(NpgsqlConnectionStringBuilder connection, string key, string value)
    {
        switch (key)
        {
            case "sslmode":
                connection.SslMode = Enum.Parse<SslMode>(value.Replace("-", string.Empty, StringComparison.Ordinal), ignoreCase: true);
                break;
            case "sslrootcert":
                connection.RootCertificate = value;
                break;
            case "host":
                connection.Host = value;
                break;
            case "port":
                connection.Port = int.Parse(value, CultureInfo.InvariantCulture);
                break;
            case "connect_timeout":
                connection.Timeout = int.Parse(value, CultureInfo.InvariantCulture);
                break;
            case "application_name":
                connection.ApplicationName = value;
                break;
            default:
                throw new FormatException();
        }
    }
}
