using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Sql;

public sealed class NamedQueryTests : IDisposable
{
    private const string OneCustomer = "description: Orders\nparameters: { type: object, properties: { customer: { type: integer } }, required: [customer] }";

    private readonly SqlToolFixture _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Arguments_are_bound_and_rows_come_as_JSON()
    {
        await using var registry = await _shop.BuildAsync("query: SELECT id, total, note FROM orders WHERE customer_id = @customer ORDER BY id", OneCustomer);
        Assert.Equal(
            """[{"id": 1, "total": 10.1, "note": null}, {"id": 2, "total": 20.2, "note": "gift"}]""",
            await registry.CallAsync("ask", """{"customer":1}"""));
        Assert.Equal("[]", await registry.CallAsync("ask", """{"customer":99}"""));
        Assert.True(registry.Tools[0].IsIdempotent);
    }

    [Theory]
    [InlineData("@v", "string", "\"' OR 1=1 --\"", "text", "\"' OR 1=1 --\"")]
    [InlineData(":v", "string", "\"王\\\"伟\"", "text", "\"王\\\"伟\"")]
    [InlineData("$v", "integer", "9223372036854775807", "integer", "9223372036854775807")]
    [InlineData("@v", "integer", "20.0", "integer", "20")]
    [InlineData("@v", "number", "0.1", "real", "0.1")]
    [InlineData("@v", "boolean", "true", "integer", "1")]
    [InlineData("@v", "boolean", "false", "integer", "0")]
    [InlineData("@v", "[string, 'null']", "null", "null", "null")]
    public async Task Each_type_is_bound_as_itself(string parameter, string type, string argument, string sqlType, string shown)
    {
        await using var registry = await _shop.BuildAsync(
            $"query: SELECT typeof({parameter}) AS t, {parameter} AS v",
            $"description: x\nparameters: {{ type: object, properties: {{ v: {{ type: {type} }} }} }}");
        Assert.Equal($$"""[{"t": "{{sqlType}}", "v": {{shown}}}]""", await registry.CallAsync("ask", $$"""{"v":{{argument}}}"""));
    }

    [Fact]
    public async Task An_absent_argument_is_the_default_of_the_schema_or_null()
    {
        await using var registry = await _shop.BuildAsync(
            "query: SELECT @a AS a, @b AS b",
            "description: x\nparameters: { type: object, properties: { a: { type: integer, default: 7 }, b: { type: string } } }");
        Assert.Equal("""[{"a": 7, "b": null}]""", await registry.CallAsync("ask"));
    }

    [Fact]
    public async Task A_number_can_be_the_limit()
    {
        await using var registry = await _shop.BuildAsync(
            "query: SELECT id FROM orders ORDER BY id LIMIT @n",
            "description: x\nparameters: { type: object, properties: { n: { type: number } }, required: [n] }");
        Assert.Equal("""[{"id": 1}, {"id": 2}]""", await registry.CallAsync("ask", """{"n":2.0}"""));
    }

    [Fact]
    public async Task Rows_can_come_as_a_Markdown_table()
    {
        _shop.Execute("INSERT INTO customers VALUES (4, 'a|b' || char(10) || 'c\\', NULL, NULL)");
        await using var registry = await _shop.BuildAsync("format: markdown\nquery: SELECT id, name, city FROM customers WHERE id > 1");
        Assert.Equal(
            """
            | id | name | city |
            | --- | --- | --- |
            | 2 | 王伟 | 北京 |
            | 3 | O'Brien | Paris |
            | 4 | a\|b c\\ |  |
            """.ReplaceLineEndings("\n"),
            await registry.CallAsync("ask"));
    }

    [Fact]
    public async Task More_rows_than_asked_for_are_told()
    {
        await using var registry = await _shop.BuildAsync("rows: 2\nquery: SELECT id FROM orders ORDER BY id");
        Assert.Equal("[{\"id\": 1}, {\"id\": 2}]\n... [truncated: the first 2 rows, there are more; filter or aggregate]", await registry.CallAsync("ask"));
        await using var exact = await _shop.BuildAsync("rows: 3\nquery: SELECT id FROM orders ORDER BY id");
        Assert.Equal("""[{"id": 1}, {"id": 2}, {"id": 3}]""", await exact.CallAsync("ask"));
    }

    [Fact]
    public async Task More_bytes_than_allowed_are_cut_between_rows()
    {
        _shop.Execute("WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO customers SELECT i, '名字', NULL, NULL FROM n");
        await using var registry = await _shop.BuildAsync("rows: 1000\nquery: SELECT id, name FROM customers WHERE id > 9", "description: x\nlimits: { max_result_bytes: 400 }");
        var result = await registry.CallAsync("ask");
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(result), 300, 400);
        Assert.StartsWith("""[{"id": 10, "name": "名字"}, {"id": 11, "name": "名字"}""", result, StringComparison.Ordinal);
        Assert.Matches("\"}\\]\n\\.\\.\\. \\[truncated: [0-9]+ rows fit into 400 bytes, there are more; select fewer columns or aggregate\\]$", result);
    }

    [Fact]
    public async Task A_long_text_is_cut_and_a_blob_is_only_named()
    {
        _shop.Execute("INSERT INTO customers VALUES (4, printf('%.*c', 5000, 'x'), x'0102ff', NULL)");
        await using var registry = await _shop.BuildAsync("query: SELECT name, city FROM customers WHERE id = 4");
        Assert.Equal($$"""[{"name": "{{new string('x', 2000)}}... [truncated]", "city": "<3 bytes>"}]""", await registry.CallAsync("ask"));
    }

    [Fact]
    public async Task Sums_lose_the_noise_of_binary_fractions_and_names_are_unique()
    {
        await using var registry = await _shop.BuildAsync("query: SELECT 0.1 + 0.2 AS x, 9e999 AS x, 3.0 AS x");
        Assert.Equal("""[{"x": 0.3, "x_2": "Infinity", "x_3": 3}]""", await registry.CallAsync("ask"));
    }

    [Fact]
    public async Task A_named_query_may_read_views()
    {
        await using var registry = await _shop.BuildAsync("query: SELECT name FROM cards WHERE name = 'Alice'");
        Assert.Equal("""[{"name": "Alice"}]""", await registry.CallAsync("ask"));
    }

    [Fact]
    public async Task A_locked_database_is_a_failure_that_may_pass()
    {
        await using var registry = await _shop.BuildAsync("query: SELECT count(*) AS n FROM orders", "description: x\nlimits: { retries: 0 }");
        using var writer = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_shop.Database};Pooling=False");
        writer.Open();
        using var begin = writer.CreateCommand();
        begin.CommandText = "BEGIN EXCLUSIVE";
        begin.ExecuteNonQuery();
        Assert.Equal("ask: the database is busy; try again", await registry.FailAsync("ask"));
        begin.CommandText = "ROLLBACK";
        begin.ExecuteNonQuery();
        Assert.Equal("""[{"n": 3}]""", await registry.CallAsync("ask"));
    }

    [Theory]
    [InlineData("query: SELECT @customr", "\"query\" uses @customr, which \"parameters\" does not declare. Did you mean \"@customer\"?")]
    [InlineData("query: SELECT 1", "\"query\" does not use the parameter \"customer\". Write @customer where its value belongs, or remove it from \"parameters\".")]
    [InlineData("query: SELECT ?", "a parameter has no name; write it as @name.")]
    [InlineData("query: SELEC @customer", "SQL error: near \"SELEC\": syntax error.")]
    [InlineData("query: SELECT @customer FROM nowhere", "SQL error: no such table: nowhere.")]
    [InlineData("query: DELETE FROM orders WHERE id = @customer", "only SELECT is allowed.")]
    [InlineData("query: SELECT @customer FROM sqlite_master", "table sqlite_master may not be read.")]
    [InlineData("query: SELECT hex(@customer)", "function hex is not available.")]
    [InlineData("query: SELECT @customer; SELECT 2", "only one statement is allowed.")]
    [InlineData("{ query: SELECT card FROM customers WHERE id = @customer, schema: { tables: { customers: [id] } } }", "column customers.card may not be read.")]
    [InlineData("{ query: SELECT @customer, schema: { tables: { customer: [id] } } }", "\"customer\" of the schema is no table. Did you mean \"customers\"?")]
    [InlineData("{ query: SELECT @customer, schema: { tables: { customers: [idd] } } }", "\"idd\" of the schema is no column of \"customers\". Did you mean \"id\"?")]
    [InlineData("{ query: SELECT @customer, schema: { tables: [cards] } }", "\"cards\" is a view, which a schema cannot name. Name the tables beneath it, or use \"query\" without \"schema\".")]
    [InlineData("{ query: SELECT @customer, schema: { tables: [search] } }", "\"search\" is a virtual table, which a schema cannot name. Name the tables beneath it, or use \"query\" without \"schema\".")]
    public async Task What_is_wrong_with_a_query_is_told_at_start(string options, string problem)
    {
        var text = options.StartsWith('{') ? options[1..^1].Trim().Replace(", schema:", "\nschema:", StringComparison.Ordinal) : options;
        Assert.Equal([$"tools.yaml:3:11: tool \"ask\" cannot start. {problem}"], await _shop.Builder(text, OneCustomer).ProblemsAsync());
    }

    [Theory]
    [InlineData("rows: 5", "tools.yaml:8:7: options of tool \"ask\" have neither \"query\" nor \"schema\". Add \"query\" for a fixed query, or \"schema\" with the tables that the model may ask.")]
    [InlineData("qery: SELECT 1", "tools.yaml:9:7: unknown key \"qery\" in options of tool \"ask\". Did you mean \"query\"?")]
    [InlineData("query: SELECT @list\nrows: 0\nformat: xml\ntime_limit: 3s", "tools.yaml:10:13: \"rows\" of options of tool \"ask\" is \"0\". It must be a whole number from 1 to 1000.|tools.yaml:11:15: \"format\" of options of tool \"ask\" is \"xml\". Allowed: json, markdown.|tools.yaml:12:19: \"time_limit\" of options of tool \"ask\" is \"3s\". It must be a duration from 50ms to 2s, for example 500ms, 10s or 2m.")]
    [InlineData("query: SELECT @list", "tools.yaml:6:17: parameter \"list\" of tool \"ask\" is no single value. Give it the type string, integer, number or boolean; SQL parameters hold no lists and objects.")]
    [InlineData("schema: { tables: [orders] }", "tools.yaml:6:17: \"parameters\" of tool \"ask\" stand beside an open query. Remove them: its one argument is \"sql\"; or add \"query\".")]
    [InlineData("query: SELECT @list\nschema: { tables: {} }", "tools.yaml:10:15: schema of tool \"ask\" names no tables. Write it like { tables: { orders: [id, total], products: \"*\" } }.")]
    public async Task Wrong_options_are_told_with_their_place(string options, string problems)
    {
        const string List = "description: x\nparameters: { type: object, properties: { list: { type: array, items: { type: string } } } }";
        Assert.Equal(problems.Split('|'), await _shop.Builder(options, List).ProblemsAsync());
    }

    [Fact]
    public async Task A_missing_or_broken_database_is_told_without_its_folder()
    {
        var builder = _shop.Builder("query: SELECT 1");
        File.WriteAllText(_shop.Database, new string('x', 4096));
        Assert.Equal(
            ["tools.yaml:3:11: tool \"ask\" cannot start. the database shop.db cannot be read (SQLite error 26). Check that it is a SQLite file and that this process may read it."],
            await builder.ProblemsAsync());
        File.Delete(_shop.Database);
        Assert.Equal(["tools.yaml:3:11: tool \"ask\" cannot start. the database shop.db does not exist. Check \"database\"."], await builder.ProblemsAsync());
        Assert.False(File.Exists(_shop.Database));
    }
}
