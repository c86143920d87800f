using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Sql.Postgres;
using Agent.Tools.Sql.Shop;
using Agent.Tools.Yaml;
using Npgsql;

namespace Agent.Tools.Sql;

/// <summary>Reads the options of one <c>kind: sql</c> entry.</summary>
internal sealed class SqlOptionsReader
{
    private const string SchemaForm = "Write it like { tables: { orders: [id, total], products: \"*\" } }";

    private static readonly TimeSpan ShortestTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(2);

    private readonly ToolDefinition _definition;
    private readonly ToolKindContext _context;
    private readonly MappingReader _reader;

    private SqlOptionsReader(ToolDefinition definition, ToolKindContext context)
    {
        _definition = definition;
        _context = context;
        _reader = context.ReadOptions(definition);
    }

    /// <summary>The options, or null after a problem.</summary>
    internal static SqlOptions? Read(ToolDefinition definition, ToolKindContext context) => new SqlOptionsReader(definition, context).Read();

    private SqlOptions? Read()
    {
        var before = _context.Problems.Count;
        var isShop = _reader.Choice("sample", string.Empty, "shop").Length > 0;
        var connection = ReadConnection(isShop);
        var database = _reader.Has("connection") ? null : ReadDatabase(isShop);
        var query = _reader.Has("query") ? _reader.RequiredText("query") : null;
        var tables = ReadTables();
        var options = new SqlOptions
        {
            Database = database,
            Connection = connection,
            IsSampleShop = isShop,
            Query = query?.Text,
            Tables = tables,
            Samples = _reader.Integer("samples", 0, 10) ?? 3,
            Rows = _reader.Integer("rows", 1, 1_000) ?? 50,
            IsMarkdown = _reader.Choice("format", "json", "json", "markdown") == "markdown",
            TimeLimit = _reader.Duration("time_limit", ShortestTime, LongestTime) ?? LongestTime,
        };
        _reader.End();
        if (query is null && tables is null && _context.Problems.Count == before)
        {
            Report(_reader.Position, $"options of tool \"{_definition.Name}\" have neither \"query\" nor \"schema\"", "Add \"query\" for a fixed query, or \"schema\" with the tables that the model may ask");
        }

        if (query is null && tables is not null && _definition.Parameters is not null)
        {
            Report(_definition.ParametersPosition, $"\"parameters\" of tool \"{_definition.Name}\" stand beside an open query", "Remove them: its one argument is \"sql\"; or add \"query\"");
        }

        return _context.Problems.Count == before ? options : null;
    }

    private NpgsqlConnectionStringBuilder? ReadConnection(bool isShop)
    {
        if (_reader.Text("connection") is not { } scalar)
        {
            return null;
        }

        if (isShop || _reader.Has("database"))
        {
            Report(scalar.Position, $"options of tool \"{_definition.Name}\" name two databases", "Keep \"connection\" for PostgreSQL, or \"database\" for a SQLite file");
            return null;
        }

        if (EnvironmentText.Split(scalar, _context) is not { } pieces)
        {
            return null;
        }

        // Connection strings hold passwords, and files of tools are shared.
        if (pieces is not [{ IsSecret: true, Text: var text }])
        {
            Report(
                scalar.Position,
                $"\"connection\" of tool \"{_definition.Name}\" does not come from the environment",
                "Write connection: ${NAME} and set the variable NAME, for example to Host=db.example.com;Database=shop;Username=reader;Password=...");
            return null;
        }

        if (PostgresConnectionText.Parse(text, out var problem) is { } connection)
        {
            return connection;
        }

        Report(scalar.Position, $"the variable of \"connection\" of tool \"{_definition.Name}\" {problem}", "Set it like Host=db.example.com;Database=shop;Username=reader;Password=... or postgresql://reader:...@db.example.com/shop");
        return null;
    }

    private string? ReadDatabase(bool isShop)
    {
        if (!isShop && !_reader.Has("database"))
        {
            Report(_reader.Position, $"options of tool \"{_definition.Name}\" name no database", "Add \"database: ./file.db\" for SQLite, or \"connection: ${NAME}\" for PostgreSQL");
            return null;
        }

        if (isShop && !_reader.Has("database"))
        {
            var path = ShopDatabase.DefaultPath();
            if (path is null)
            {
                Report(_reader.Position, $"no folder for application data is known for the sample of tool \"{_definition.Name}\"", "Name a file with \"database\"");
            }

            return path;
        }

        if (_reader.RequiredText("database") is not { } scalar || EnvironmentText.Split(scalar, _context) is not { } pieces)
        {
            return null;
        }

        var text = string.Concat(pieces.Select(piece => piece.Text));
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            Report(scalar.Position, $"\"database\" of tool \"{_definition.Name}\" is no path", "Name a file");
            return null;
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(_definition.Position.File));
        return Path.GetFullPath(text, folder ?? Environment.CurrentDirectory);
    }

    private List<KeyValuePair<string, IReadOnlyList<string>?>>? ReadTables()
    {
        if (_reader.Mapping("schema") is not { } schema)
        {
            return null;
        }

        var reader = new MappingReader(schema, _context.Problems, $"schema of tool \"{_definition.Name}\"");
        var tables = reader.Value("tables");
        reader.End();
        var result = new List<KeyValuePair<string, IReadOnlyList<string>?>>();
        switch (tables)
        {
            case YamlSequence sequence:
                result.AddRange((Names(sequence) ?? []).Select(name => KeyValuePair.Create(name, (IReadOnlyList<string>?)null)));
                break;
            case YamlMapping mapping:
                result.AddRange(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key, (IReadOnlyList<string>?)Columns(entry))));
                break;
        }

        if (result.Count == 0)
        {
            Report(schema.Position, $"schema of tool \"{_definition.Name}\" names no tables", SchemaForm);
        }

        if (result.DistinctBy(table => table.Key, StringComparer.OrdinalIgnoreCase).Count() != result.Count)
        {
            Report(schema.Position, $"schema of tool \"{_definition.Name}\" names a table twice", "Name each table once");
        }

        return result;
    }

    private List<string>? Columns(YamlEntry entry)
    {
        switch (entry.Value)
        {
            case YamlScalar { Text: "*" }:
                return null;
            case YamlSequence { Items.Count: > 0 } sequence:
                return Names(sequence);
            default:
                Report(entry.Value.Position, $"columns of table \"{entry.Key}\" are {entry.Value.Shape}", "Write a list of names, or \"*\" for all of them");
                return null;
        }
    }

    private List<string>? Names(YamlSequence sequence)
    {
        if (sequence.Items.FirstOrDefault(item => item is not YamlScalar { IsNull: false }) is { } wrong)
        {
            Report(wrong.Position, $"a name in the schema of tool \"{_definition.Name}\" is {wrong.Shape}", SchemaForm);
            return null;
        }

        return [.. sequence.Items.Cast<YamlScalar>().Select(item => item.Text)];
    }

    private void Report(SourcePosition position, string message, string fix) => _context.Problems.Add(position, message, fix);
}
