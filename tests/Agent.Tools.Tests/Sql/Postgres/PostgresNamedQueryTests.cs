using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Sql.Postgres;

[Collection(PostgresCollection.Name)]
public sealed class PostgresNamedQueryTests(PostgresServer server)
{
    private const string OneCustomer = "description: Orders\nparameters: { type: object, properties: { customer: { type: integer } }, required: [customer] }";

    [PostgresFact]
    public async Task Arguments_are_bound_where_their_place_says_what_they_are()
    {
        await using var registry = await server.BuildAsync("query: SELECT id, note FROM orders WHERE customer_id = @customer ORDER BY id", OneCustomer);
        Assert.Equal("""[{"id": 1, "note": null}, {"id": 2, "note": "gift"}]""", await registry.CallAsync("ask", """{"customer":1}"""));
        Assert.Equal("[]", await registry.CallAsync("ask", """{"customer":99}"""));
        Assert.True(registry.Tools[0].IsIdempotent);
    }

    [PostgresTheory]
    [InlineData("@v::text", "string", "\"' OR 1=1; -- $q$ @x\"", "\"' OR 1=1; -- $q$ @x\"")]
    [InlineData("@v::text", "string", "\"王\\\"伟\\\\\"", "\"王\\\"伟\\\\\"")]
    [InlineData("@v::bigint", "integer", "9223372036854775807", "9223372036854775807")]
    [InlineData("@v::integer", "integer", "20.0", "20")]
    [InlineData("@v::float8", "number", "0.1", "0.1")]
    [InlineData("@v::boolean", "boolean", "true", "true")]
    [InlineData("@v::text", "[string, 'null']", "null", "null")]
    [InlineData("(@v::date + 1)", "string", "\"2026-06-30\"", "\"2026-07-01\"")]
    [InlineData("(SELECT id FROM orders ORDER BY id LIMIT @v)", "number", "1.0", "1")]
    [InlineData("(2=@v)", "integer", "2", "true")]
    [InlineData("('@v' || @v)", "string", "\"x\"", "\"@vx\"")]
    public async Task Each_type_is_bound_as_itself(string expression, string type, string argument, string shown)
    {
        await using var registry = await server.BuildAsync(
            $"query: \"SELECT {expression} AS v\"", $"description: x\nparameters: {{ type: object, properties: {{ v: {{ type: {type} }} }} }}");
        Assert.Equal($$"""[{"v": {{shown}}}]""", await registry.CallAsync("ask", $$"""{"v":{{argument}}}"""));
    }

    [PostgresFact]
    public async Task Without_a_schema_a_query_reads_what_its_role_may_read()
    {
        await using var registry = await server.BuildAsync("query: SELECT s.name, p.id FROM cards s, internal.plans p WHERE s.name = 'Alice'");
        Assert.Equal("""[{"name": "Alice", "id": 1}]""", await registry.CallAsync("ask"));
        Assert.Equal(
            ["tools.yaml:3:11: tool \"ask\" cannot start. SQL error: column \"card\" does not exist."],
            await server.Builder("query: SELECT card FROM customers", role: "narrow").ProblemsAsync());
    }

    [PostgresTheory]
    [InlineData("query: SELECT @customr::int", "\"query\" uses @customr, which \"parameters\" does not declare. Did you mean \"@customer\"?")]
    [InlineData("query: SELECT 1", "\"query\" does not use the parameter \"customer\". Write @customer where its value belongs, or remove it from \"parameters\".")]
    [InlineData("query: SELEC @customer", "only SELECT is allowed.")]
    [InlineData("query: SELECT @customer FROM nowhere", "SQL error: relation \"nowhere\" does not exist.")]
    [InlineData("query: DELETE FROM orders WHERE id = @customer", "only SELECT is allowed.")]
    [InlineData("query: SELECT pg_sleep(@customer)", "function pg_sleep is not available.")]
    [InlineData("query: SELECT @customer; SELECT 2", "only one statement is allowed.")]
    [InlineData("query: SELECT @customer::int\nschema: { tables: { customer: [id] } }", "\"customer\" of the schema is no table. Did you mean \"customers\"?")]
    [InlineData("query: SELECT @customer::int\nschema: { tables: { customers: [idd] } }", "\"idd\" of the schema is no column of \"customers\". Did you mean \"id\"?")]
    [InlineData("query: SELECT @customer::int\nschema: { tables: [orders, public.orders] }", "the schema names \"orders\" twice. Name each table once.")]
    [InlineData("query: SELECT @customer::int\nschema: { tables: [\"nothing.*\"] }", "\"nothing\" of the schema is no schema with tables that may be read. There are: public, internal.")]
    public async Task What_is_wrong_with_a_query_is_told_at_start(string options, string problem) =>
        Assert.Equal([$"tools.yaml:3:11: tool \"ask\" cannot start. {problem}"], await server.Builder(options, OneCustomer).ProblemsAsync());
}
