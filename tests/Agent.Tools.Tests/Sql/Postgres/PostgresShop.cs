namespace Agent.Tools.Tests.Sql.Postgres;

/// <summary>The shop of these tests: as that of SQLite, with what only PostgreSQL has.</summary>
internal static class PostgresShop
{
    public const string Canary = SqlToolFixture.Canary;

    public static readonly string Script =
        $$"""
        CREATE TYPE mood AS ENUM ('good', 'bad');
        CREATE TABLE customers(id integer PRIMARY KEY, name text, city varchar(40), card text);
        CREATE TABLE orders(id integer PRIMARY KEY, customer_id integer REFERENCES customers(id), total numeric(10, 2), ordered_on date, note text);
        CREATE TABLE secrets(id integer PRIMARY KEY, name text, card text, pin integer);
        CREATE TABLE visits(id bigint, happened timestamptz, feeling mood, "Page Name" text, "order" integer, tags text[], body jsonb) PARTITION BY RANGE (id);
        CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM (0) TO (100);
        CREATE VIEW cards AS SELECT name, card FROM customers;
        CREATE VIEW sales AS SELECT c.name, sum(o.total) AS total FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.name;
        CREATE SCHEMA internal;
        CREATE TABLE internal.plans(id integer, name text);
        CREATE TABLE internal.orders(id integer, margin integer);
        CREATE TABLE ledger(id integer, owner text, amount integer);
        CREATE SEQUENCE tickets;
        CREATE FUNCTION leak() RETURNS text LANGUAGE sql SECURITY DEFINER STABLE AS 'SELECT card FROM public.secrets LIMIT 1';
        CREATE FUNCTION leak(customers) RETURNS text LANGUAGE sql SECURITY DEFINER STABLE AS 'SELECT card FROM public.secrets LIMIT 1';
        CREATE FUNCTION lower(integer) RETURNS text LANGUAGE sql SECURITY DEFINER STABLE AS 'SELECT card FROM public.secrets LIMIT 1';
        CREATE FUNCTION spill() RETURNS SETOF secrets LANGUAGE sql SECURITY DEFINER STABLE AS 'SELECT * FROM public.secrets';
        CREATE FUNCTION steal(integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN UPDATE public.orders SET note = 'stolen'; RETURN 1; END $$;
        CREATE OPERATOR public.=== (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
        INSERT INTO customers VALUES (1, 'Alice', 'London', '{{Canary}}'), (2, '王伟', '北京', '{{Canary}}'), (3, 'O''Brien', 'Paris', '{{Canary}}');
        INSERT INTO orders VALUES (1, 1, 10.1, '2026-06-01', NULL), (2, 1, 20.2, '2026-06-15', 'gift'), (3, 2, 30, '2026-07-01', NULL);
        INSERT INTO secrets VALUES (1, '{{Canary}}', '{{Canary}}', 4711);
        INSERT INTO visits VALUES (1, '2026-06-01 10:00+00', 'good', 'home', 7, ARRAY['a', 'b'], '{"lang": "en"}');
        INSERT INTO internal.plans VALUES (1, '{{Canary}}');
        INSERT INTO internal.orders VALUES (1, 4711);
        INSERT INTO ledger VALUES (1, 'reader', 5), (2, 'somebody', 4711);
        ALTER TABLE ledger ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON ledger USING (owner = current_user AND EXISTS (SELECT 1 FROM internal.plans));
        COMMENT ON TABLE orders IS 'What was ordered';
        COMMENT ON COLUMN orders.total IS 'in euro';
        CREATE ROLE reader LOGIN;
        CREATE ROLE writer LOGIN;
        CREATE ROLE narrow LOGIN;
        CREATE ROLE boss LOGIN IN ROLE pg_read_server_files;
        GRANT USAGE ON SCHEMA internal TO reader, writer;
        GRANT SELECT ON ALL TABLES IN SCHEMA public, internal TO reader, writer;
        GRANT USAGE ON SEQUENCE tickets TO reader;
        GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO writer;
        GRANT CREATE ON SCHEMA public TO writer;
        GRANT USAGE, UPDATE ON SEQUENCE tickets TO writer;
        GRANT SELECT (id, name, city) ON customers TO narrow;
        """;
}
