using System.Text;
using System.Text.Json;
using Agent.Tools.Safety;
using Agent.Tools.Sql;
using Agent.Tools.Sql.Postgres;
using Agent.Tools.Tests.Sql;
using Agent.Tools.Tests.Support;
using Agent.Tools.Yaml;
using Npgsql;

namespace Agent.Tools.Tests.Safety;

/// <summary>No text is cut inside a character, wherever the cut falls.</summary>
public sealed class TextCutTests
{
    private static readonly string Faces = string.Concat(Enumerable.Repeat("😀", 1_500));

    [Theory]
    [InlineData("", 0, "")]
    [InlineData("ab", 2, "ab")]
    [InlineData("abc", 2, "ab...")]
    [InlineData("abc", 0, "...")]
    [InlineData("a😀b", 2, "a...")]
    [InlineData("a😀b", 3, "a😀...")]
    [InlineData("a😀b", 4, "a😀b")]
    public void A_beginning_keeps_characters_whole(string text, int length, string head) => Assert.Equal(head, TextCut.Head(text, length));

    [Theory]
    [InlineData("a😀b", 0, "...")]
    [InlineData("a😀b", 2, "...b")]
    [InlineData("a😀b", 3, "...😀b")]
    [InlineData("a😀b", 4, "a😀b")]
    public void An_end_keeps_characters_whole(string text, int length, string tail) => Assert.Equal(tail, TextCut.Tail(text, length));

    [Theory]
    [InlineData("广州", 5, "广", "广~")]
    [InlineData("广州", 6, "广州", "广州")]
    [InlineData("a😀b", 4, "a", "a~")]
    [InlineData("a😀b", 5, "a😀", "a~")]
    [InlineData("a😀bc", 6, "a😀b", "a😀~")]
    public void Bytes_keep_characters_whole_and_leave_room_for_the_mark(string text, int bytes, string head, string fit)
    {
        Assert.Equal(head, TextCut.HeadBytes(text, bytes));
        Assert.Equal(fit, TextCut.FitBytes(text, bytes, "~"));
    }

    public static TheoryData<string> Prefixes => new(["", "x"]);

    [Theory]
    [MemberData(nameof(Prefixes))]
    public void Of_a_schema_for_correction(string prefix) =>
        AssertWhole(BriefSchema.Write([new SqlTable("t", [new SqlColumn("a", "text", null)], SqlTableKind.Table), new SqlTable(prefix + Faces, [], SqlTableKind.Table)], "SELECT b FROM t"));

    [Theory]
    [MemberData(nameof(Prefixes))]
    public void Of_an_error_of_postgresql(string prefix) =>
        AssertWhole(new PostgresFailure(new SecretRedactor([])).From(new PostgresException(prefix + Faces, "ERROR", "ERROR", "42601"), TimeSpan.FromSeconds(1)).Message);

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task Of_an_error_of_sqlite(string prefix)
    {
        using var fixture = new SqlToolFixture();
        await using var registry = await fixture.BuildAsync("samples: 0\nschema: { tables: [orders] }");
        AssertWhole(await registry.FailAsync("ask", JsonSerializer.Serialize(new Dictionary<string, string> { ["sql"] = $"SELECT \"{prefix}{Faces[..600]}\" FROM orders" })));
    }

    [Theory]
    [MemberData(nameof(Prefixes))]
    public void Of_a_line_of_the_log(string prefix) => AssertWhole(SingleLine.Of(prefix + Faces));

    [Theory]
    [MemberData(nameof(Prefixes))]
    public void Of_an_excerpt_of_a_tools_file(string prefix) => AssertWhole(new YamlScalar(new SourcePosition("tools.yaml", 1, 1), prefix + Faces, isPlain: true).Shape);

    private static void AssertWhole(string text)
    {
        Assert.InRange(text.Length, 1, 2_999);
        Assert.Equal(text, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
    }
}
