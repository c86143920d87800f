namespace Agent.Tools.Tests.Sql.Hostile;

/// <summary>
/// Statements that try to write, to read what is not allowed, or never to end. Allowed are customers(id, name, city) and all
/// of orders; card, secrets, cards (a view) and search are not.
/// </summary>
internal static class HostileStatements
{
    // 64,000 characters in one call.
    private static readonly string Long = $"replace('{new string('0', 250)}', '0', '{new string('0', 256)}')";

    private static readonly string[] Disguises =
    [
        "{0}", "{0};", " \n\t{0}", "/* SELECT */ {0}", "-- SELECT 1\n{0}", "SELECT 1; {0}", "SELECT 1;-- x\n{0}", "SELECT 1;/* x */;;{0}", "EXPLAIN {0}", ";{0}",
    ];

    private static readonly string[] WriteStatements =
    [
        "INSERT INTO orders VALUES (99, 1, 1, '2026-01-01', 'x')",
        "INSERT INTO orders(id) SELECT id + 100 FROM orders RETURNING id",
        "REPLACE INTO customers(id, name) VALUES (1, 'x')",
        "UPDATE customers SET name = 'x'",
        "UPDATE orders SET note = card FROM customers RETURNING note",
        "DELETE FROM orders",
        "WITH x AS (SELECT 1) DELETE FROM orders WHERE id IN (SELECT * FROM x)",
        "INSERT INTO orders(id) VALUES (1) ON CONFLICT DO UPDATE SET total = 0",
        "CREATE TABLE t(a)",
        "CREATE TEMP TABLE t AS SELECT * FROM secrets",
        "CREATE TABLE t AS SELECT card FROM customers",
        "CREATE INDEX i ON customers(card)",
        "CREATE VIEW v AS SELECT card FROM customers",
        "CREATE TEMP VIEW orders AS SELECT card FROM customers",
        "CREATE TRIGGER r AFTER INSERT ON orders BEGIN DELETE FROM customers; END",
        "CREATE VIRTUAL TABLE v USING fts5(a)",
        "CREATE VIRTUAL TABLE temp.v USING fts4(a)",
        "CREATE VIRTUAL TABLE v USING rtree(id, a, b)",
        "DROP TABLE orders",
        "DROP VIEW cards",
        "ALTER TABLE orders RENAME TO o",
        "ALTER TABLE orders ADD COLUMN x",
        "ALTER TABLE customers DROP COLUMN card",
        "VACUUM",
        "VACUUM INTO '/tmp/agent-sql-stolen.db'",
        "REINDEX",
        "ANALYZE",
        "ATTACH 'other.db' AS o",
        "ATTACH ':memory:' AS o",
        "ATTACH 'file:shop.db?mode=rwc' AS w",
        "DETACH main",
        "BEGIN IMMEDIATE",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT s",
        "PRAGMA query_only = 0",
        "PRAGMA writable_schema = 1",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA journal_mode = WAL",
        "PRAGMA table_info(secrets)",
        "PRAGMA database_list",
        "PRAGMA user_version = 7",
        "PRAGMA hard_heap_limit = 0",
        "PRAGMA temp_store_directory = '/tmp'",
        "PRAGMA trusted_schema = 1",
    ];

    private static readonly string[] ForbiddenCalls =
    [
        "load_extension('x.so')", "load_extension('x.so', 'init')", "readfile('shop.db')", "writefile('x', 'y')", "edit('x')", "fts3_tokenizer('simple')",
        "fts5(0)", "randomblob(100)", "zeroblob(100)", "hex('a')", "quote('a')", "sqlite_version()", "sqlite_source_id()", "sqlite_compileoption_get(1)",
        "sqlite_compileoption_used('x')", "sqlite_log(1, 'x')", "total_changes()", "changes()", "last_insert_rowid()", "random()", "json('[]')",
        "json_extract('{}', '$.a')", "rtreecheck('search')", "sqlite_rename_table('main', 1, 1, 1, 1, 1, 1)", "printf('%s', (SELECT card FROM customers))", "printf('%d', 1)", "format('%d', 1)",
        "matchinfo(search)", "snippet(search)", "bm25(search)", "soundex('x')", "likely(1)", "subtype(1)", "system('id')", "eval('SELECT 1')",
    ];

    private static readonly string[] CallPlaces =
    [
        "SELECT {0}", "SELECT id FROM orders WHERE {0} IS NOT NULL", "SELECT count(*) FROM orders GROUP BY {0}", "SELECT id FROM orders ORDER BY {0}",
        "SELECT coalesce(NULL, {0})", "WITH t AS (SELECT {0} AS v) SELECT v FROM t", "SELECT CASE WHEN 1 THEN {0} END", "VALUES ({0})",
    ];

    // Each is an expression that would show or use something that is not allowed.
    private static readonly string[] ForbiddenSources =
    [
        "SELECT card FROM customers", "SELECT \"card\" FROM customers", "SELECT [card] FROM [customers]", "SELECT `card` FROM 'customers'", "SELECT CARD FROM Customers",
        "SELECT customers.card FROM customers", "SELECT main.customers.card FROM main.customers", "SELECT c.card FROM customers c", "SELECT name FROM secrets",
        "SELECT secrets.name FROM secrets", "SELECT name FROM main.secrets", "SELECT pin FROM secrets", "SELECT card FROM cards", "SELECT name FROM cards", "SELECT body FROM search",
        "SELECT c0 FROM search_content", "SELECT block FROM search_data", "SELECT sql FROM sqlite_master", "SELECT name FROM sqlite_schema", "SELECT name FROM sqlite_temp_master",
        "SELECT name FROM pragma_table_info('secrets')", "SELECT file FROM pragma_database_list", "SELECT name FROM pragma_function_list", "SELECT value FROM json_each('[1]')",
        "SELECT value FROM json_tree('[1]')", "SELECT rowid FROM secrets", "SELECT count(*) FROM secrets", "SELECT 1 FROM secrets", "SELECT data FROM sqlite_dbpage", "SELECT max(card) FROM customers",
        "SELECT length(card) FROM customers", "SELECT substr(card, 1, 1) FROM customers", "SELECT id FROM customers WHERE card LIKE 'c%'", "SELECT id FROM customers WHERE card > 'a'", "SELECT id FROM customers ORDER BY card",
        "SELECT count(*) FROM customers GROUP BY card", "SELECT first_value(card) OVER (ORDER BY id) FROM customers", "SELECT rank() OVER (ORDER BY card) FROM customers",
        "SELECT sum(id) OVER (PARTITION BY card) FROM customers", "SELECT count(*) FILTER (WHERE card > 'a') FROM customers", "SELECT group_concat(card) FROM customers",
        "SELECT lag(card) OVER w FROM customers WINDOW w AS (ORDER BY id)", "SELECT id FROM customers GROUP BY id HAVING max(card) > 'a'",
        "SELECT c.id FROM customers c JOIN orders o ON c.card = o.note",
    ];

    private static readonly string[] SourcePlaces =
    [
        "{0}", "SELECT * FROM ({0})", "SELECT ({0} LIMIT 1)", "SELECT name FROM customers UNION ALL {0}", "{0} UNION SELECT name FROM customers", "{0} EXCEPT SELECT 'x'",
        "SELECT id FROM orders WHERE note IN ({0})", "SELECT EXISTS ({0})", "WITH t AS ({0}) SELECT * FROM t", "WITH customers2(x) AS ({0}) SELECT x FROM customers2",
        "WITH orders(x) AS ({0}) SELECT x FROM orders", "WITH cards(x) AS ({0}) SELECT x FROM cards", "SELECT CASE WHEN ({0} LIMIT 1) > 'a' THEN 1 ELSE 0 END",
        "SELECT id FROM orders ORDER BY ({0} LIMIT 1)", "SELECT o.id, (SELECT * FROM ({0}) LIMIT 1) FROM orders o",
    ];

    private static readonly string[] ForbiddenByHand =
    [
        "SELECT * FROM customers", "SELECT customers.* FROM customers", "SELECT * FROM customers, orders", "TABLE secrets", "SELECT * FROM secrets", "SELECT 'x' IN secrets", "SELECT 1 IN main.secrets",
        "SELECT a.id FROM customers a NATURAL JOIN customers b", "SELECT c.id FROM (SELECT 'canary' || '-4711-forbidden' AS card) JOIN customers c USING (card)",
        "WITH RECURSIVE n(card) AS (SELECT 'a' UNION ALL SELECT card || 'a' FROM n LIMIT 9) SELECT customers.id FROM n JOIN customers USING(card)",
        "SELECT c.id FROM (SELECT 'x' AS card) NATURAL LEFT JOIN customers c", "SELECT c.id FROM (SELECT 'x' card) x/**/NATURAL/**/JOIN customers c", "SELECT c.id FROM (SELECT 'x' card) x JOIN customers c USING/**/(card)",
        "SELECT c.id FROM (SELECT 'x' card) x JOIN customers c uSiNg([card])", "SELECT '''' FROM (SELECT 'x' card) x JOIN customers c USING(card)", "SELECT 1 AS \"a\"\"\" FROM (SELECT 'x' card) x JOIN customers c USING(card)",
        "SELECT 1 AS [a'] FROM (SELECT 'x' card) x JOIN customers c USING(card)", "SELECT 1 -- '\n FROM (SELECT 'x' card) x JOIN customers c USING(card)",
        "SELECT customers.id FROM customers INDEXED BY card", "SELECT _rowid_ FROM secrets", "SELECT oid FROM search", "SELECT * FROM search('canary')", "SELECT * FROM search WHERE search MATCH 'canary'",
        "SELECT 1 FROM temp.sqlite_temp_master", "SELECT 1 FROM temp.secrets", "SELECT @card", "SELECT ?1", "SELECT $card", "SELECT :card", "SELECT raise(ABORT, 'x')", "SELECT new.card FROM customers", "SELECT excluded.card FROM customers",
        "SELECT id FROM customers WHERE (name, card) > ('A', 'a')", "SELECT id FROM customers WHERE customers.card COLLATE NOCASE = 'x'", "SELECT cast(card AS BLOB) FROM customers", "SELECT card IS NULL FROM customers",
        "SELECT id FROM (SELECT * FROM customers)", "SELECT (SELECT c.card FROM orders LIMIT 1) FROM customers c", "SELECT id FROM orders WHERE note = (SELECT card FROM customers WHERE customers.id = orders.customer_id)",
        "WITH secrets AS (SELECT * FROM main.secrets) SELECT * FROM secrets", "WITH RECURSIVE r AS (SELECT card FROM customers UNION SELECT card FROM r) SELECT * FROM r",
        "SELECT\0card FROM customers", "SELECT 1\0; DROP TABLE orders", "", "   ", ";", ";;;", "/*", "--", "SELECT", "'", "\"", "[", "`", "SELECT 'a", "\uFEFFDELETE FROM orders", "SELECT 1;\u00A0DELETE FROM orders",
    ];

    private static readonly string[] Endless =
    [
        "SELECT count(*) FROM n", "SELECT sum(i) FROM n", "SELECT i FROM n ORDER BY i", "SELECT DISTINCT i % 2 FROM n", "SELECT max(i) FROM n WHERE i < 0", "SELECT group_concat(i) FROM n", "SELECT i, count(*) FROM n GROUP BY i",
        "SELECT row_number() OVER (ORDER BY i) FROM n", "SELECT sum(i) OVER () FROM n", "SELECT i FROM n UNION SELECT 1", "SELECT EXISTS (SELECT 1 FROM n WHERE i < 0)", "SELECT 1 WHERE 0 IN (SELECT i FROM n)", "SELECT i FROM n LIMIT 1 OFFSET 999999999999",
        "SELECT a.i FROM n a JOIN n b ON a.i = b.i + 0.5", "SELECT 'x' || i AS s FROM n ORDER BY s", $"SELECT min((i || {Long})) FROM n", $"SELECT instr((i || {Long}), 'x') FROM n WHERE i < 0 OR instr((i || {Long}), 'x')",
        $"SELECT total(length(replace((i || {Long}), '00', '1'))) FROM n", $"SELECT count(trim((i || {Long}), '12345')) FROM n", $"SELECT count(DISTINCT (i || {Long})) FROM n", "SELECT last_value(i) OVER (ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM n",
        $"SELECT count(upper(lower((i || {Long})))) FROM n", $"SELECT count(*) FROM n WHERE (i || {Long}) LIKE '%1%2%3%4%5%6%7%8%9%a%b%c%d%e'", $"SELECT count(*) FROM n WHERE (i || {Long}) GLOB '*0*0*0*0*0*0*0*0*0*0*0*0*0*0*1'", "SELECT count(strftime('%Y%m%d%H%M%f', i)) FROM n",
    ];

    private static readonly string[] EndlessSources =
    [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) {0}",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) {0}",
        "WITH n(i) AS (SELECT a.id + b.id * 3 + c.id FROM orders a, orders b, orders c, orders d, orders e, orders f, orders g, orders h, orders i, orders j, orders k, orders l, orders m, orders o, orders p, orders q, orders r) {0}",
    ];

    public static IReadOnlyList<string> Writes { get; } = [.. Fill(Disguises, WriteStatements)];

    public static IReadOnlyList<string> Reads { get; } = [.. Fill(CallPlaces, ForbiddenCalls), .. Fill(SourcePlaces, ForbiddenSources), .. ForbiddenByHand];

    /// <summary>Statements that would run for ever, or nearly so.</summary>
    public static IReadOnlyList<string> Bombs { get; } =
    [
        .. Fill(EndlessSources, Endless),
        $"SELECT {string.Join(" || ", Enumerable.Repeat(Long, 15))}",
        "SELECT printf('%2000000000d', 1)", "SELECT printf('%.*c', 2000000000, 'x')", $"SELECT replace((1 || {Long}), '0', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')", $"SELECT group_concat((id || {Long})) FROM orders",
        $"SELECT trim((1 || {Long}), (1 || {Long}))", $"SELECT instr((1 || {Long}), substr({Long}, 2, 30000))", $"SELECT replace((1 || {Long}), substr({Long}, 2, 30000), 'x')",
        "WITH RECURSIVE n(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM n) SELECT max(length(s)) FROM n",
        $"SELECT {new string('(', 4_000)}1{new string(')', 4_000)}", $"SELECT {string.Concat(Enumerable.Repeat("-+", 2_000))}1", $"SELECT {string.Concat(Enumerable.Repeat("NOT ", 2_000))}1",
        $"SELECT 1{string.Concat(Enumerable.Repeat(" UNION ALL SELECT 1", 500))}", $"SELECT {string.Join(",", Enumerable.Repeat("1", 2_500))}", $"SELECT coalesce({string.Join(",", Enumerable.Repeat("1", 1_000))})",
        $"SELECT count(*) FROM {string.Join(", ", Enumerable.Range(0, 70).Select(index => $"orders o{index}"))}", $"SELECT count(*) FROM {string.Join(", ", Enumerable.Range(0, 60).Select(index => $"orders o{index}"))}",
        $"SELECT 'x' LIKE '{new string('%', 5_000)}'", $"SELECT id FROM orders WHERE id IN ({string.Join(",", Enumerable.Range(0, 5_000))})", $"SELECT '{new string('x', 200_000)}'", new string('(', 9_000),
        $"SELECT {string.Concat(Enumerable.Repeat("(SELECT ", 60))}1{new string(')', 60)}", Chain(30, "c{0}, c{0} AS q"), Chain(60, "c{0}, c{0} AS q"), Chain(20, "c{0}, c{0} AS q, c{0} AS r, c{0} AS s"), Chain(8, string.Join(", ", Enumerable.Range(0, 20).Select(alias => $"c{{0}} AS a{alias}"))),
        Chain(20, "(SELECT 1 FROM c{0} UNION ALL SELECT 1 FROM c{0})"), Nest(8, 2, " || "), Nest(11, 3, " || "), Nest(5, 20, ", "), Nest(8, 30, ", "), Nest(10, 12, ", "),
    ];

    private static IEnumerable<string> Fill(string[] places, string[] statements) =>
        places.SelectMany(place => statements.Select(statement => string.Format(System.Globalization.CultureInfo.InvariantCulture, place, statement)));

    private static string Chain(int length, string from) =>
        "WITH c0 AS (SELECT 1 AS x)"
        + string.Concat(Enumerable.Range(0, length).Select(index => $", c{index + 1} AS (SELECT 1 AS x FROM {from.Replace("{0}", $"{index}", StringComparison.Ordinal)})"))
        + $" SELECT count(*) FROM c{length}";

    private static string Nest(int depth, int width, string separator)
    {
        var sql = "SELECT id AS c0 FROM orders";
        for (var level = 0; level < depth; level++)
        {
            sql = $"SELECT max({string.Join(separator, Enumerable.Repeat($"c{level}", width))}) AS c{level + 1} FROM ({sql})".Replace("max(", separator == ", " ? "coalesce(" : "(", StringComparison.Ordinal);
        }

        return sql;
    }
}
