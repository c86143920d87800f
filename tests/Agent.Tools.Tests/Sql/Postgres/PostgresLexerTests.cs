using System.Diagnostics;
using Agent.Tools.Sql;
using Agent.Tools.Sql.Postgres;

namespace Agent.Tools.Tests.Sql.Postgres;

public sealed class PostgresLexerTests
{
    [Theory]
    [InlineData("SELECT a.\"B\"\"c\" FROM t", "Word:select Word:a Mark:. QuotedName:B\"c Word:from Word:t")]
    [InlineData("E'a\\'b' 'a''b' N'x' $$a;b$$ $t$ $$ $t$", "Text:E'a\\'b' Text:'a''b' Word:n Text:'x' Text:$$a;b$$ Text:$t$ $$ $t$")]
    [InlineData("1.5e-3+2..3 .5", "Number:1.5e-3 Operator:+ Number:2 Mark:. Number:.3 Number:.5")]
    [InlineData("a<@b a=@b a::int[1:2]", "Word:a Operator:<@ Word:b Word:a Operator:= Parameter:b Word:a Mark::: Word:int Mark:[ Number:1 Mark:: Number:2 Mark:]")]
    [InlineData("1-- x\n+/* ; /* ' */ */2", "Number:1 Operator:+ Number:2")]
    [InlineData("a$1 e'x' xe'y\\'", "Word:a$1 Text:e'x' Word:xe Text:'y\\'")]
    public void A_statement_falls_into_the_pieces_that_the_server_sees(string sql, string pieces) =>
        Assert.Equal(pieces, string.Join(' ', PostgresLexer.Read(sql).Select(token => $"{token.Kind}:{token.Value}")));

    [Theory]
    [InlineData("'a")]
    [InlineData("\"a")]
    [InlineData("$a$ b $A$")]
    [InlineData("/* a /* */")]
    [InlineData("E'a\\'")]
    [InlineData("$1")]
    [InlineData("1a")]
    [InlineData("1e'x'")]
    [InlineData("0x1F")]
    [InlineData("U&'a'")]
    [InlineData("u&\"a\"")]
    [InlineData("\\d")]
    [InlineData("a\0b")]
    [InlineData("a\fb")]
    [InlineData("{")]
    [InlineData("\"\"")]
    public void What_could_be_read_in_two_ways_is_refused(string sql) => Assert.Throws<SqlEngineException>(() => PostgresLexer.Read(sql));

    [Fact]
    public void Random_texts_never_do_anything_but_fall_into_pieces_or_be_refused()
    {
        const string Alphabet = "ae'\"$/*-.;:()[]@<=1 \n\\E_&|王U";
        var random = new Random(4711);
        for (var round = 0; round < 50_000; round++)
        {
            var sql = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            try
            {
                var tokens = PostgresLexer.Read(sql);

                // Without comments, the pieces with their gaps are the statement.
                if (!sql.Contains("--", StringComparison.Ordinal) && !sql.Contains("/*", StringComparison.Ordinal))
                {
                    Assert.Equal(sql.Replace("\n", " ", StringComparison.Ordinal).Replace(" ", string.Empty, StringComparison.Ordinal), string.Concat(tokens.Select(token => token.Gap + token.Source)).Replace("\n", " ", StringComparison.Ordinal).Replace(" ", string.Empty, StringComparison.Ordinal));
                }
            }
            catch (SqlEngineException)
            {
                // Refused.
            }
        }
    }

    [Fact]
    public void Random_statements_are_written_for_the_server_or_refused()
    {
        string[] words = ["select", "with", "from", "orders", "public", "secrets", "shop", "as", "not", "materialized", "for", "update", "lower", "pg_sleep", "t", "\"orders\"", "(", ")", ",", ".", ";", "'x'", "1", "@p", "*", "=", "::", "[", "]", "int", "into", "x"];
        var table = new SqlTable("orders", [new SqlColumn("id", "integer", null)], SqlTableKind.Table) { Schema = "public" };
        var access = new SqlAccess([table], [table], StringComparer.Ordinal);
        var server = new Agent.Tools.Sql.Postgres.PostgresServer { Functions = ["lower", "pg_sleep", "x"], Keywords = ["select", "with", "from", "as"], Schemas = ["public"], CanLimitFiles = false };
        var random = new Random(4711);
        var (written, refused) = (0, 0);
        for (var round = 0; round < 100_000; round++)
        {
            var sql = "select " + string.Join(random.Next(3) == 0 ? "" : " ", Enumerable.Range(0, random.Next(9)).Select(_ => words[random.Next(words.Length)]));
            try
            {
                var text = PostgresStatement.Read(sql, access, server).Write(5);
                Assert.Contains("SELECT * FROM (select", text, StringComparison.Ordinal);
                Assert.DoesNotMatch("(?<![a-z0-9_])pg_sleep", text);
                Assert.DoesNotContain(';', text);
                written++;
            }
            catch (SqlEngineException)
            {
                refused++;
            }
        }

        Assert.InRange(written, 10_000, int.MaxValue);
        Assert.InRange(refused, 10_000, int.MaxValue);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a ")]
    [InlineData("'a' ")]
    [InlineData("$a$x$a$ ")]
    [InlineData("/*")]
    [InlineData("-")]
    [InlineData("$a")]
    [InlineData("@a")]
    public void Reading_takes_time_in_proportion_to_length(string piece)
    {
        var sql = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        var watch = Stopwatch.StartNew();
        Record.Exception(() => PostgresLexer.Read(sql));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }
}
