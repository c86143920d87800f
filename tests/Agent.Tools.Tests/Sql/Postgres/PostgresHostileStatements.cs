using System.Globalization;

namespace Agent.Tools.Tests.Sql.Postgres;

/// <summary>
/// Statements that try to write, to act on the server, to read what is not allowed, or never to end. Allowed are customers(id, name,
/// city) and all of orders of public; nothing else is.
/// </summary>
internal static class PostgresHostileStatements
{
    private static readonly string[] Disguises =
    [
        "{0}", "{0};", " \n\t{0}", "/* SELECT */ {0}", "-- SELECT 1\n{0}", "SELECT 1; {0}", "SELECT 1;-- x\n{0}", "SELECT 1;/* x /* y */ */;;{0}",
        "EXPLAIN ANALYZE {0}", "EXPLAIN {0}", ";{0}", "BEGIN; {0}; COMMIT", "SELECT 'a\\'; {0}; --'", "SELECT E'a\\'; {0}; --'; {0}", "SELECT $a$;$a$; {0}", "WITH x AS ({0}) SELECT 1",
        "SELECT * FROM ({0}) x", "SELECT 1) AS _; {0}; --", "SELECT 1) AS _ LIMIT 1; {0}; SELECT * FROM (SELECT 1", "PREPARE p AS {0}", "DO $$ BEGIN {0}; END $$",
    ];

    private static readonly string[] WriteStatements =
    [
        "INSERT INTO orders VALUES (99, 1, 1, '2026-01-01', 'x')", "INSERT INTO public.orders(id) SELECT id + 100 FROM orders RETURNING id",
        "UPDATE customers SET name = 'x' RETURNING card", "DELETE FROM orders RETURNING id", "DELETE FROM public.secrets",
        "MERGE INTO orders o USING customers c ON o.id = c.id WHEN MATCHED THEN DELETE", "TRUNCATE orders", "CREATE TABLE t(a int)",
        "CREATE TEMP TABLE t AS SELECT * FROM public.secrets", "SELECT * INTO stolen FROM customers", "SELECT id INTO TEMP stolen FROM customers",
        "CREATE VIEW v AS SELECT card FROM public.customers", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "DROP TABLE orders", "ALTER TABLE orders ADD COLUMN x int",
        "COPY customers TO '/tmp/agent-pg-stolen.csv'", "COPY customers TO STDOUT", "COPY orders FROM PROGRAM 'id'", "COPY (SELECT card FROM public.customers) TO PROGRAM 'cat'",
        "DO $$ BEGIN PERFORM 1; END $$", "CALL p()", "SET default_transaction_read_only = off", "SET TRANSACTION READ WRITE", "SET SESSION AUTHORIZATION admin", "SET ROLE admin", "RESET ALL",
        "SET LOCAL statement_timeout = 0", "BEGIN READ WRITE", "COMMIT", "ROLLBACK", "SAVEPOINT s", "LISTEN c", "NOTIFY c, 'x'", "LOCK TABLE orders", "VACUUM", "ANALYZE orders", "REINDEX TABLE orders", "CLUSTER",
        "CHECKPOINT", "DISCARD ALL", "DECLARE c CURSOR FOR SELECT 1", "FETCH 1 FROM c", "EXECUTE p", "DEALLOCATE ALL", "GRANT SELECT ON orders TO public", "REVOKE SELECT ON orders FROM reader",
        "CREATE EXTENSION dblink", "LOAD 'auto_explain'", "SHOW data_directory", "SECURITY LABEL ON TABLE orders IS 'x'", "COMMENT ON TABLE orders IS 'x'", "REFRESH MATERIALIZED VIEW v", "ALTER SYSTEM SET work_mem = '1GB'",
        "CREATE ROLE evil SUPERUSER", "ALTER ROLE reader SUPERUSER", "IMPORT FOREIGN SCHEMA x FROM SERVER y INTO public",
        "SELECT id FROM orders FOR UPDATE", "SELECT id FROM orders FOR NO KEY UPDATE", "SELECT id FROM public.orders FOR SHARE",
    ];

    private static readonly string[] ForbiddenCalls =
    [
        "pg_sleep(5)", "pg_sleep_for('5 s')", "pg_sleep_until(now() + '5 s')", "pg_catalog.pg_sleep(5)", "\"pg_sleep\"(5)", "\"pg_catalog\".\"pg_sleep\"(5)", "PG_SLEEP (5)", "pg_sleep/**/(5)", "pg_sleep--\n(5)", "U&\"pg\\005fsleep\"(5)",
        "pg_read_file('postgresql.conf')", "pg_read_binary_file('PG_VERSION')", "pg_ls_dir('.')", "pg_stat_file('PG_VERSION')", "pg_ls_logdir()", "pg_current_logfile()", "pg_logdir_ls()",
        "lo_import('/etc/passwd')", "lo_export(1, '/tmp/x')", "lo_create(1)", "lo_from_bytea(0, 'x')", "lo_get(1)", "lo_open(1, 1)", "lowrite(1, 'x')", "loread(1, 1)", "lo_unlink(1)",
        "dblink('host=x', 'SELECT 1')", "dblink_connect('x')", "dblink_exec('x')", "set_config('work_mem', '1GB', false)", "current_setting('data_directory')", "pg_reload_conf()", "pg_rotate_logfile()",
        "pg_advisory_lock(1)", "pg_try_advisory_lock(1)", "pg_advisory_xact_lock_shared(1)", "pg_advisory_unlock_all()", "nextval('tickets')", "nextval('public.tickets')", "setval('public.tickets', 99)", "currval('public.tickets')", "lastval()",
        "query_to_xml('SELECT * FROM public.secrets', true, true, '')", "table_to_xml('public.secrets', true, true, '')", "schema_to_xml('public', true, true, '')", "database_to_xml(true, true, '')", "query_to_xml_and_xmlschema('SELECT 1', true, true, '')",
        "cursor_to_xml('c', 1, true, true, '')", "xpath('/', '<a/>')", "xmlparse(DOCUMENT '<a/>')", "xmlelement(NAME a)", "xmlforest(1 AS a)", "xmlserialize(CONTENT '<a/>' AS text)",
        "pg_terminate_backend(1)", "pg_cancel_backend(1)", "pg_backend_pid()", "pg_notify('c', 'x')", "pg_stat_reset()", "pg_switch_wal()", "pg_create_restore_point('x')", "pg_export_snapshot()", "pg_current_wal_lsn()", "txid_current()", "pg_current_xact_id()",
        "pg_logical_emit_message(true, 'a', 'b')", "pg_create_logical_replication_slot('x', 'pgoutput')", "pg_promote()", "pg_backup_start('x')", "pg_start_backup('x')", "pg_log_backend_memory_contexts(1)", "pg_relation_size('orders')", "pg_total_relation_size('secrets')",
        "pg_database_size('shop')", "pg_get_viewdef('cards'::text)", "pg_get_functiondef(1)", "pg_get_userbyid(10)", "has_table_privilege('secrets', 'SELECT')", "to_regclass('secrets')", "col_description(1, 1)", "obj_description(1, 'pg_class')", "format_type(23, 0)",
        "version()", "inet_server_addr()", "inet_client_addr()", "current_database()", "current_schemas(true)", "getdatabaseencoding()", "pg_postmaster_start_time()", "pg_conf_load_time()", "pg_typeof(1)", "pg_column_size(1)", "pg_client_encoding()",
        "repeat('x', 1000000000)", "lpad('x', 1000000000)", "rpad('x', 1000000000)", "format('%1000000000s', 'x')", "leak()", "public.leak()", "public.lower(1)", "public.steal(1)", "steal(1)", "\"public\".\"steal\"(1)", "internal.f()", "random()", "setseed(0.5)", "gen_random_uuid()",
        "array_fill(1, ARRAY[100000000])", "quote_literal('x')", "quote_ident('x')", "convert_from('x', 'utf8')", "encode('x', 'hex')", "decode('00', 'hex')", "string_to_table('a', 'b')", "binary_upgrade_set_next_pg_type_oid(1)", "makeaclitem(1, 1, 'SELECT', true)",
        "treat(5 AS pg_sleep)", "TREAT (1 AS steal)", "COLLATION FOR ('x')", "int4pl(1, 2)", "texteq('a', 'b')", "numeric_power(2, 3)", "boolin('t')", "textin('x')", "regclassin('secrets')", "enum_range(NULL::public.mood)", "ts_stat('SELECT 1')",
        "ts_rewrite('a'::tsquery, 'SELECT 1')", "json_populate_record(NULL::public.secrets, '{}')", "jsonb_populate_record(NULL::public.secrets, '{}')", "row_security_active('public.secrets')", "pg_input_is_valid('1', 'integer')", "pg_describe_object(1, 1, 0)",
        "1 OPERATOR(public.===) 1", "current_user", "session_user", "user", "CURRENT_ROLE", "current_catalog", "current_schema", "'secrets'::regclass", "regclass 'public.secrets'", "CAST('pg_sleep' AS regproc)", "1::regrole", "'x'::\"pg_catalog\".\"text\"", "'pg_sleep(int4)'::regprocedure",
    ];

    private static readonly string[] CallPlaces =
    [
        "SELECT {0}", "SELECT id FROM orders WHERE {0} IS NOT NULL", "SELECT count(*) FROM orders GROUP BY {0}", "SELECT id FROM orders ORDER BY {0}", "SELECT coalesce(NULL, {0})", "WITH t AS (SELECT {0} AS v) SELECT v FROM t",
        "SELECT CASE WHEN true THEN {0} END", "VALUES ({0})", "SELECT 1 LIMIT (SELECT 1 WHERE {0} IS NOT NULL)", "SELECT DISTINCT ON (id) {0} FROM orders", "SELECT ARRAY[{0}]", "SELECT id FROM orders o JOIN LATERAL (SELECT {0} AS z) l ON true",
    ];

    // Each would show or use something that is not allowed.
    private static readonly string[] ForbiddenSources =
    [
        "SELECT card FROM customers", "SELECT \"card\" FROM customers", "SELECT CARD FROM Customers", "SELECT customers.card FROM customers", "SELECT c.card FROM customers c", "SELECT c.card FROM public.customers c", "SELECT public.customers.card FROM public.customers",
        "SELECT card FROM \"public\".\"customers\"", "SELECT card FROM shop.public.customers", "SELECT card FROM ONLY customers", "SELECT card FROM ONLY public.customers", "SELECT card FROM public . customers", "SELECT card FROM public/**/./**/customers",
        "SELECT name FROM secrets", "SELECT name FROM public.secrets", "SELECT name FROM PUBLIC.SECRETS", "SELECT name FROM \"public\".\"secrets\"", "SELECT name FROM shop.public.secrets", "SELECT name FROM U&\"secrets\"", "SELECT name FROM public.U&\"secrets\"",
        "SELECT card FROM cards", "SELECT name FROM public.cards", "SELECT name FROM sales", "SELECT name FROM public.sales", "SELECT name FROM internal.plans", "SELECT name FROM plans", "SELECT margin::text FROM internal.orders",
        "SELECT body::text FROM visits", "SELECT tags::text FROM public.visits_1", "SELECT owner FROM ledger", "SELECT owner FROM public.ledger", "SELECT pin::text FROM secrets", "SELECT xmin::text FROM public.customers", "SELECT ctid::text FROM public.secrets", "SELECT tableoid::text FROM public.orders",
        "SELECT relname::text FROM pg_class", "SELECT relname::text FROM pg_catalog.pg_class", "SELECT rolname::text FROM pg_roles", "SELECT rolpassword FROM pg_authid", "SELECT passwd FROM pg_shadow", "SELECT most_common_vals::text FROM pg_stats", "SELECT query FROM pg_stat_activity",
        "SELECT setting FROM pg_settings", "SELECT prosrc FROM pg_proc", "SELECT table_name::text FROM information_schema.tables", "SELECT column_name::text FROM INFORMATION_SCHEMA.columns", "SELECT name FROM \"information_schema\".\"tables\"", "SELECT definition FROM pg_views", "SELECT sourceline::text FROM pg_file_settings",
        "SELECT name FROM public.spill()", "SELECT name FROM spill()", "SELECT name FROM ROWS FROM (public.spill()) r", "SELECT public.leak(c) FROM public.customers c", "SELECT c.leak FROM public.customers c", "SELECT (c).leak FROM customers c", "SELECT c.leak FROM customers c",
        "SELECT max(card) FROM customers", "SELECT name FROM customers WHERE card LIKE 'c%'", "SELECT name FROM customers ORDER BY card", "SELECT name FROM customers GROUP BY name, card", "SELECT name FROM customers JOIN (SELECT 'x' AS card) s USING (card)", "SELECT first_value(card) OVER () FROM customers",
        "SELECT c.name FROM customers c JOIN orders o ON c.card = o.note", "SELECT string_agg(card, ',') FROM customers", "SELECT to_jsonb(c) ->> 'card' || 'x' FROM public.customers c JOIN public.secrets s ON true", "SELECT s::text FROM public.secrets s", "SELECT row_to_json(s)::text FROM public.secrets s",
        "SELECT name FROM tickets", "SELECT last_value::text FROM public.tickets", "SELECT name FROM public.customers_pkey", "SELECT chunk_data::text FROM pg_toast.pg_toast_1", "SELECT name FROM (TABLE public.secrets) s", "SELECT name FROM secrets TABLESAMPLE SYSTEM (100)", "SELECT name FROM xmltable('/' PASSING '<a/>' COLUMNS name text)",
    ];

    private static readonly string[] SourcePlaces =
    [
        "{0}", "SELECT * FROM ({0}) s", "SELECT ({0} LIMIT 1)", "SELECT name FROM customers UNION ALL {0}", "{0} UNION SELECT name FROM customers", "SELECT id FROM orders WHERE note IN ({0})", "SELECT EXISTS ({0})",
        "WITH t AS ({0}) SELECT * FROM t", "WITH secrets(x) AS ({0}) SELECT x FROM secrets", "WITH orders(x) AS MATERIALIZED ({0}) SELECT x FROM orders", "SELECT CASE WHEN ({0} LIMIT 1) > 'a' THEN 1 ELSE 0 END", "SELECT o.id, (SELECT * FROM ({0}) s LIMIT 1) FROM orders o", "SELECT ARRAY({0})",
        "SELECT id FROM orders ORDER BY ({0} LIMIT 1)", "SELECT count(*) FROM orders, LATERAL ({0}) l", "(({0}))",
    ];

    private static readonly string[] ForbiddenByHand =
    [
        "TABLE secrets", "TABLE public.secrets", "TABLE pg_authid", "SELECT $1", "SELECT $1::text", "SELECT @card", "SELECT :card", "SELECT ?", "", "   ", ";", ";;;", "/*", "--", "SELECT '", "SELECT \"", "SELECT $a$ x", "SELECT E'a\\'", "SELECT 1 /* /* */",
        "SELECT\0card FROM customers", "SELECT 1\0; DROP TABLE orders", "\uFEFFDELETE FROM orders", "SELECT 1;\u00A0DELETE FROM orders", "SELECT \uD800", "SELECT 1e'x'", "SELECT 0x41", "SELECT 1_000", "SELECT \f1", "SELECT 1\v", "\\d", "\\! id", "SELECT `id`", "SELECT 1 \\gexec",
        "SELECT 1)", "SELECT 1) AS _, public.secrets AS s --", "SELECT (1", "SELECT 1 AS x) AS _ UNION SELECT card FROM (SELECT card FROM public.customers", ") SELECT (", "SELECT * FROM customers) AS a, (SELECT * FROM public.secrets", "SELECT ']'::text] FROM (SELECT [1",
        "SELECT U&'\\0061'", "SELECT U&\"n\\0061me\" FROM customers", "SELECT 1 AS \"\"", $"SELECT 1 AS {new string('x', 64)}", $"SELECT {new string('p', 70)}(1)", "SELECT name FROM customers c WHERE c.pg_sleep IS NULL", "SELECT customers.*, card FROM customers", "SELECT * FROM secrets, customers",
        "SELECT card FROM (SELECT * FROM customers) c", "SELECT (c).card FROM customers c", "SELECT (c.*).card FROM customers c", "SELECT row_to_json(c)->>'card' || 'x' FROM public.customers c, pg_class", "SELECT id FROM orders WHERE note = (SELECT card FROM customers WHERE customers.id = orders.customer_id)",
        "WITH RECURSIVE r AS (SELECT card FROM customers UNION SELECT card FROM r) SELECT * FROM r", "WITH customers AS (SELECT * FROM public.secrets) SELECT card FROM customers", "WITH public AS (SELECT 1) SELECT card FROM public.customers", "SELECT 1 FROM orders AS public, public.secrets",
        "SELECT 1 FROM pg_temp.orders", "SELECT 1 FROM pg_temp.x", "SELECT NULL::public.secrets", "SELECT 'x'::public.mood", "SELECT lower(1)", "SELECT 1 === 1", "SELECT card FROM shop.public.customers c, shop.internal.plans", "SELECT 1 FROM shop.public.orders", "SELECT public.", "SELECT * FROM public.", "SELECT public.orders.", "SELECT 1 FROM orders.", "SELECT .", "SELECT",
    ];

    private static readonly string[] Endless =
    [
        "SELECT count(*) FROM n", "SELECT sum(i) FROM n", "SELECT i FROM n ORDER BY -i", "SELECT DISTINCT i % 2 FROM n", "SELECT max(i) FROM n WHERE i < 0", "SELECT string_agg(i::text, ',') FROM n", "SELECT array_agg(i) FROM n", "SELECT i, count(*) FROM n GROUP BY i ORDER BY 2",
        "SELECT row_number() OVER (ORDER BY i DESC) FROM n ORDER BY 1 DESC", "SELECT sum(i) OVER (ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM n", "SELECT i FROM n UNION SELECT 1 ORDER BY 1", "SELECT EXISTS (SELECT 1 FROM n WHERE i < 0)", "SELECT 1 WHERE 0 IN (SELECT i FROM n)",
        "SELECT i FROM n LIMIT 1 OFFSET 999999999999", "SELECT a.i FROM n a JOIN n b ON a.i = b.i + 1 WHERE a.i < 0", "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY i) FROM n", "SELECT jsonb_agg(i) FROM n", "SELECT count(DISTINCT md5(i::text)) FROM n", "SELECT count(*) FROM n WHERE i::text ~ '^(.*)\\1$x'",
        "SELECT json_object_agg(i, i) FROM n", "SELECT count(to_tsvector(i::text)) FROM n", "SELECT sum(sqrt(i::numeric)) FROM n",
    ];

    private static readonly string[] EndlessSources =
    [
        "WITH RECURSIVE n(i) AS (SELECT 1::bigint UNION ALL SELECT i + 1 FROM n) {0}",
        "WITH n(i) AS (SELECT g FROM generate_series(1, 4000000000) AS g) {0}",
        "WITH n(i) AS (SELECT a.g * 100000 + b.g FROM generate_series(1, 100000::bigint) AS a(g), generate_series(1, 100000) AS b(g)) {0}",
        "WITH n(i) AS (SELECT a.id + b.id * 3 + c.id::bigint FROM orders a, orders b, orders c, orders d, orders e, orders f, orders g, orders h, orders i, orders j, orders k, orders l, orders m, orders o, orders p, orders q, orders r, orders s, orders t, orders u) {0}",
    ];

    public static IReadOnlyList<string> Writes { get; } = [.. Fill(Disguises, WriteStatements)];

    public static IReadOnlyList<string> Calls { get; } = [.. Fill(CallPlaces, ForbiddenCalls)];

    public static IReadOnlyList<string> Reads { get; } = [.. Fill(SourcePlaces, ForbiddenSources), .. ForbiddenByHand];

    /// <summary>Statements that would run for ever, or nearly so.</summary>
    public static IReadOnlyList<string> Bombs { get; } =
    [
        .. Fill(EndlessSources, Endless),
        "WITH RECURSIVE n(s) AS (SELECT 'xxxxxxxx' UNION ALL SELECT s || s FROM n) SELECT max(length(s)) FROM n",
        "SELECT length(replace(replace(replace(replace(replace('xxxxxxxxxxxxxxxx', 'x', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'), 'y', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'), 'x', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'), 'y', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'), 'x', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'))",
        "SELECT array_to_string(ARRAY(SELECT g FROM generate_series(1, 30000000) AS g), ',')", "SELECT translate(string_agg('abc', ''), 'abc', 'xyz') FROM generate_series(1, 100000000)",
        "SELECT length((10::numeric ^ 100000)::text)", "SELECT (9.99::numeric ^ 99999.5) > 1", "SELECT exp(5999.99::numeric) * exp(5999.99::numeric) > 1", "SELECT ln((10::numeric ^ 100000))", "SELECT sqrt(10::numeric ^ 100000) > 1", "SELECT power(1.000000000000000001::numeric, 1e18) > 1", "SELECT (10::numeric ^ 60000) * (10::numeric ^ 60000 - 1) / 7.7 > 1", "SELECT gcd(10::numeric ^ 100000 - 1, 10::numeric ^ 99999 - 7)", "SELECT mod(10::numeric ^ 130000, 10::numeric ^ 65000 - 7)",
        $"SELECT '{new string('a', 3000)}b' ~ '^(a+)+$'", $"SELECT '{new string('a', 3000)}' ~ '^(a*)*(a*)*(a*)*b$'", $"SELECT '{new string('a', 3000)}' ~ '^((a|a)*)\\1\\1(.*)\\3b$'", "SELECT 'x' ~ '((((x{1,100}){1,100}){1,100}){1,100})'", $"SELECT regexp_replace('{new string('a', 4000)}', '(a+)(a+)(a+)\\1\\2\\3b', 'x', 'g')", $"SELECT count(*) FROM regexp_matches('{new string('a', 4000)}', '(?=(a+))(a+)\\1+b', 'g')",
        $"SELECT '{new string('a', 4000)}' LIKE '{string.Concat(Enumerable.Repeat("%a", 1000))}b'", $"SELECT '{new string('a', 3000)}' SIMILAR TO '({new string('a', 100)}|a)*b'", "SELECT string_to_array(string_agg('a', ','), ',') FROM generate_series(1, 50000000)",
        $"SELECT {new string('(', 4_000)}1{new string(')', 4_000)}", $"SELECT {string.Concat(Enumerable.Repeat("- + ", 2_000))}1", $"SELECT {string.Concat(Enumerable.Repeat("NOT ", 2_000))}true", $"SELECT 1{string.Concat(Enumerable.Repeat(" UNION ALL SELECT 1", 500))}", $"SELECT 1{string.Concat(Enumerable.Repeat(" UNION SELECT 1", 600))}",
        $"SELECT {string.Join(",", Enumerable.Repeat("1", 2_500))}", $"SELECT coalesce({string.Join(",", Enumerable.Repeat("1", 1_000))})", $"SELECT '{new string('x', 200_000)}'", new string('(', 9_000), $"SELECT 1{string.Concat(Enumerable.Repeat("+1", 4_000))}", $"SELECT 'a'{string.Concat(Enumerable.Repeat("||'a'", 1_900))}", $"SELECT id FROM orders WHERE id IN ({string.Join(",", Enumerable.Range(0, 1_900))})",
        $"SELECT count(*) FROM {string.Join(", ", Enumerable.Range(0, 70).Select(index => $"orders o{index}"))}", $"SELECT count(*) FROM orders o0 {string.Concat(Enumerable.Range(1, 60).Select(index => $" JOIN orders o{index} ON o{index}.id = o{index - 1}.id"))}", $"SELECT count(*) FROM orders o0 {string.Concat(Enumerable.Range(1, 90).Select(index => $" JOIN orders o{index} USING (id)"))}", $"SELECT count(*) FROM orders o0 {string.Concat(Enumerable.Range(1, 60).Select(index => $" FULL JOIN orders o{index} USING (id)"))}",
        $"SELECT id FROM orders WHERE {string.Join(" OR ", Enumerable.Range(0, 120).Select(index => $"(id = {index} AND (total = {index} OR customer_id = {index} OR note = '{index}'))"))}", $"SELECT count(*) FROM orders GROUP BY CUBE ({string.Join(", ", Enumerable.Range(0, 12).Select(index => $"id + {index}"))})", $"SELECT count(*) FROM orders GROUP BY {string.Join(", ", Enumerable.Range(0, 6).Select(index => $"CUBE (id + {index}, total + {index})"))}",
        Chain(30, "c{0}, c{0} AS q"), Chain(60, "c{0}, c{0} AS q"), Chain(20, "c{0}, c{0} AS q, c{0} AS r, c{0} AS s"), Chain(20, "(SELECT 1 FROM c{0} UNION ALL SELECT 1 FROM c{0}) u"), Inline(14), Inline(22), "SELECT count(*) FROM generate_series('0001-01-01'::timestamp, '9999-01-01', interval '1 microsecond') AS g", "SELECT count(*) FROM unnest(ARRAY(SELECT g FROM generate_series(1, 100000000) AS g)) AS u",
        "SELECT jsonb_path_query(('[' || string_agg('1', ',') || ']')::jsonb, '$[*] ? (@ > 2)') FROM generate_series(1, 5000000)", "SELECT '{\"a\":1}'::jsonb @? '$.** ? (@ like_regex \"(a+)+b\")', count(*) FROM generate_series(1, 4000000000)", "SELECT string_agg(g::text, '' ORDER BY md5(g::text)) FROM generate_series(1, 50000000) AS g", "SELECT to_char(1, '" + new string('9', 4_000) + "')", "SELECT interval '1 day' * 1e300", "SELECT chr(g) FROM generate_series(1, 100000000) AS g ORDER BY 1 DESC",
    ];

    private static IEnumerable<string> Fill(string[] places, string[] statements) =>
        places.SelectMany(place => statements.Select(statement => string.Format(CultureInfo.InvariantCulture, place.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal).Replace("{{0}}", "{0}", StringComparison.Ordinal), statement)));

    private static string Chain(int length, string from) =>
        "WITH c0 AS (SELECT 1 AS x)"
        + string.Concat(Enumerable.Range(0, length).Select(index => $", c{index + 1} AS (SELECT 1 AS x FROM {from.Replace("{0}", $"{index}", StringComparison.Ordinal)})"))
        + $" SELECT count(*) FROM c{length}";

    // Table expressions that the planner itself multiplies.
    private static string Inline(int length) =>
        "WITH c0 AS (SELECT id AS x FROM orders)"
        + string.Concat(Enumerable.Range(0, length).Select(index => $", c{index + 1} AS NOT MATERIALIZED (SELECT a.x FROM c{index} a JOIN c{index} b ON a.x = b.x)"))
        + $" SELECT count(*) FROM c{length}";
}
