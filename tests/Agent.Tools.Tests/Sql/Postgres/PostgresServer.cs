using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Agent.Tools.Tests.Sql.Postgres;

/// <summary>
/// A server of its own in a new folder, reached through a socket in it. A shell holds it: when its standard input ends, be it by
/// disposal or because the tests were killed, it stops the server and removes the folder.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Script =
        """
        "$1/initdb" -D "$2/data" -U admin --auth=trust --no-sync --encoding=UTF8 --locale=C > /dev/null || exit 1
        "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c shared_buffers=32MB -c max_connections=60 -c logging_collector=off 2>&1 &
        server=$!
        cat > /dev/null
        kill -QUIT $server
        wait $server
        rm -rf "$2"
        """;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"agent-pg-{Guid.NewGuid():N}");
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _log = new();
    private System.Diagnostics.Process? _process;
    private NpgsqlDataSource? _admin;

    /// <summary>A connection string for a role.</summary>
    public string Connection(string role = "reader", string database = "shop") => $"Host={_folder};Username={role};Database={database};Password=secret-of-{role}";

    public async Task InitializeAsync()
    {
        if (PostgresBinaries.Folder is not { } binaries)
        {
            return;
        }

        _process = Start(binaries);
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await _ready.Task.WaitAsync(StartTime);
        _admin = NpgsqlDataSource.Create(Connection("admin", "postgres") + ";Pooling=false");
        await ExecuteAsync("CREATE DATABASE shop");
        await ExecuteAsync("CREATE ROLE librarian LOGIN");
        await ExecuteAsync("CREATE DATABASE passages OWNER librarian");
        await _admin.DisposeAsync();
        _admin = NpgsqlDataSource.Create(Connection("admin") + ";Maximum Pool Size=4");
        await ExecuteAsync(PostgresShop.Script);
    }

    /// <summary>Runs statements as the owner of everything.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = _admin!.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One value, as the owner of everything.</summary>
    public async Task<string> ValueAsync(string sql)
    {
        await using var command = _admin!.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? string.Empty;
    }

    /// <summary>Waits until a query gives a value, for ten seconds at most.</summary>
    public async Task WaitForAsync(string sql, string value)
    {
        var watch = Stopwatch.StartNew();
        string seen;
        while ((seen = await ValueAsync(sql)) != value)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{sql} gives {seen}; active: {await ValueAsync("SELECT string_agg(left(query, 600), ' | ') FROM pg_stat_activity WHERE state = 'active' AND usename <> 'admin'")}");
        }
    }

    /// <summary>What all tables hold, and how much of everything else there is.</summary>
    public async Task<string> HashAsync()
    {
        string[] tables = ["customers", "orders", "secrets", "visits", "ledger", "internal.plans", "internal.orders"];
        var contents = string.Join(" || ", tables.Select(table => $"(SELECT md5(coalesce(string_agg(t::text, '/' ORDER BY t::text), '')) FROM {table} t)"));
        return await ValueAsync(
            $"""
            SELECT concat_ws('/', {contents}, (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_roles),
              (SELECT count(*) FROM pg_db_role_setting), (SELECT count(*) FROM pg_largeobject_metadata), (SELECT count(*) FROM pg_database),
              (SELECT count(*) FROM pg_namespace), (SELECT last_value::text || is_called FROM tickets), current_setting('work_mem'))
            """);
    }

    public async Task DisposeAsync()
    {
        if (_process is null)
        {
            return;
        }

        if (_admin is not null)
        {
            await _admin.DisposeAsync();
        }

        _process.StandardInput.Close();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await _process.WaitForExitAsync(late.Token);
        }
        finally
        {
            _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }
    }

    private System.Diagnostics.Process Start(string binaries)
    {
        Directory.CreateDirectory(_folder);
        var start = new ProcessStartInfo { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        if (Environment.UserName == "root")
        {
            // The server refuses to run as root.
            using (var owner = System.Diagnostics.Process.Start("chown", ["postgres", _folder]))
            {
                owner.WaitForExit();
            }

            start.FileName = "setpriv";
            foreach (var argument in (string[])["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"])
            {
                start.ArgumentList.Add(argument);
            }
        }
        else
        {
            start.FileName = "sh";
        }

        foreach (var argument in (string[])["-c", Script, "postgres-for-tests", binaries, _folder])
        {
            start.ArgumentList.Add(argument);
        }

        return System.Diagnostics.Process.Start(start)!;
    }

    private void Read(string? line)
    {
        lock (_log)
        {
            if (line is null)
            {
                _ready.TrySetException(new InvalidOperationException($"The server did not start: {string.Join('\n', _log)}"));
                return;
            }

            _log.Enqueue(line);
            if (_log.Count > 50)
            {
                _log.Dequeue();
            }
        }

        if (line.Contains("ready to accept connections", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }
}
