using System.Text;
using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Tests.Retrieval.Documents;

public sealed class DocumentLoaderTests
{
    private static readonly DocumentLoader Loader = new();

    [Fact]
    public async Task Markdown_keeps_its_structure()
    {
        var document = await Loader.LoadAsync(DataFile("handbook.md"));

        Assert.Equal("Espresso machine handbook", document.Title);
        Assert.Equal("Kitchen team", document.Metadata["author"]);
        Assert.Equal("coffee, maintenance", document.Metadata["tags"]);
        Assert.Equal(
            [
                "Heading1 Espresso machine handbook",
                "Paragraph The machine makes two cups at a time. See the service page for parts.",
                "Heading2 Install",
                "Paragraph Place the machine on a level surface. Leave 5.5 cm behind it, e.g. for the water hose.",
                "Heading3 Water",
                "ListItem 1. Close the main tap.",
                "ListItem 2. Connect the hose.⏎Tighten it by hand only.",
                "ListItem - Never use hot water.",
                "Code # set the hardness⏎machine-ctl water --hardness 12⏎⏎machine-ctl water --test",
                "Heading2 Error codes",
                "TableHeader Code | Meaning | What to do",
                "TableRow E1 | No water | Open the tap",
                "TableRow E2 | Too hot | overheated | Wait for `10 | 15` minutes",
                "TableRow E3 | Pump blocked | Call Dr. Brew",
                "Heading2 Care",
                "Paragraph Rinse it daily. \"Do not skip it!\" Mr. Bean said.",
            ],
            Describe(document));
    }

    [Theory]
    [InlineData("a\n\n\nb\nc\n \nd", "Paragraph a", "Paragraph b⏎c", "Paragraph d")]
    [InlineData("  indented\r\nline\r\rlast", "Paragraph indented⏎line", "Paragraph last")]
    public void Plain_text_is_paragraphs(string text, params string[] expected) =>
        Assert.Equal(expected, Describe(Load(text, "a.txt")));

    [Theory]
    [InlineData("# A #\ntext", "Heading1 A", "Paragraph text")]
    [InlineData("#hash\n####### seven", "Paragraph #hash⏎####### seven")]
    [InlineData("Title\n===\nText\n---", "Heading1 Title", "Heading2 Text")]
    [InlineData("a\n\n    code\n\n    more\nb", "Paragraph a", "Code code⏎⏎more", "Paragraph b")]
    [InlineData("~~~\n# no heading\n~~~\nb", "Code # no heading", "Paragraph b")]
    [InlineData("```\nnever closed", "Code never closed")]
    [InlineData("![chart](data:image/png;base64,AAAA) and `[a](b)`", "Paragraph chart and `[a](b)`")]
    [InlineData("a | b\n- | -\n1 | 2\n\nend", "TableHeader a | b", "TableRow 1 | 2", "Paragraph end")]
    [InlineData("***\na\n<!-- x\ny -->\nb", "Paragraph a", "Paragraph b")]
    [InlineData("---\nno: end\n", "Paragraph no: end")]
    [InlineData("a\n\n<!-- b", "Paragraph a", "Paragraph <!-- b")]
    [InlineData("> ```\n> # code\n>\n>   more\n> ```\nafter", "Code # code⏎⏎  more", "Paragraph after")]
    [InlineData("> ```\n> cut off\nafter", "Code cut off", "Paragraph after")]
    [InlineData("> > ~~~\n> > > deeper\n> > ~~~\n> outer", "Code > deeper", "Paragraph outer")]
    [InlineData("```\n> text\n```", "Code > text")]
    [InlineData("> a | b\n> --|--\n> 1 | 2\nend", "TableHeader a | b", "TableRow 1 | 2", "Paragraph end")]
    [InlineData("a | b\n--|--\n1 | 2\n> c | d", "TableHeader a | b", "TableRow 1 | 2", "Paragraph c | d")]
    [InlineData("> one\n>\n> two\nstill two", "Paragraph one", "Paragraph two⏎still two")]
    [InlineData(">     code\n>\n>     more\nafter", "Code code⏎⏎more", "Paragraph after")]
    [InlineData("a\n> b\n> > c", "Paragraph a", "Paragraph b", "Paragraph c")]
    public void Markdown_constructs(string text, params string[] expected) =>
        Assert.Equal(expected, Describe(Load(text, "a.md")));

    [Fact]
    public async Task CSV_rows_carry_their_field_names()
    {
        var document = await Loader.LoadAsync(DataFile("stores.csv"));

        Assert.Equal(
            [
                "TableRow store: North⏎city: Oslo⏎opened: 2019-04-02⏎note: Open late; ring the bell",
                "TableRow store: Harbour⏎city: Bergen⏎opened: 2021-11-30⏎note: Called \"the dock\" by locals",
                "TableRow store: West⏎opened: 2022-01-15",
            ],
            Describe(document));
        Assert.Empty(document.Warnings);
    }

    [Theory]
    [InlineData("a,b\n1,\"open\n2,x\n3,y\n", "TableRow a: 1⏎b: \"open", "TableRow a: 2⏎b: x", "TableRow a: 3⏎b: y")]
    [InlineData("a,b\n\"x\"y,2\n", "TableRow a: xy⏎b: 2")]
    public void Broken_CSV_quoting_is_read_and_reported(string text, params string[] expected)
    {
        var document = Load(text, "a.csv");

        Assert.Equal(expected, Describe(document));
        Assert.Contains("quotation mark", Assert.Single(document.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b\n1,", "TableRow a: 1")]
    [InlineData("a,\"b\nc\"\n1,2", "TableRow a: 1⏎b c: 2")]
    [InlineData("1,2\n3,4,5", "TableRow column 1: 1⏎column 2: 2", "TableRow column 1: 3⏎column 2: 4⏎column 3: 5")]
    public void CSV_headers(string text, params string[] expected) => Assert.Equal(expected, Describe(Load(text, "a.csv")));

    [Fact]
    public async Task JSON_lines_are_flattened_with_paths()
    {
        var document = await Loader.LoadAsync(DataFile("faq.jsonl"));

        Assert.Equal(
            [
                "TableRow question: How do I return a parcel?⏎answer.short: Within 30 days.⏎answer.steps[0]: Print the label⏎answer.steps[1]: Bring it to a shop",
                "TableRow question: 怎么退货？⏎answer.short: 三十天内。",
            ],
            Describe(document));
    }

    [Theory]
    [InlineData("""[{"a":1,"b":null},{"a":{"c":[true]}}]""", "TableRow a: 1", "TableRow a.c[0]: True")]
    [InlineData("""{"v":2,"items":[{"n":"x"},{"n":"y"}],"tail":"z"}""", "TableRow v: 2", "TableRow items[0].n: x", "TableRow items[1].n: y", "TableRow tail: z")]
    [InlineData("\"only\"", "TableRow only")]
    public void JSON_constructs(string text, params string[] expected) => Assert.Equal(expected, Describe(Load(text, "a.json")));

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    public void Encodings_are_recognised(string encodingName, bool mark)
    {
        var encoding = Encoding.GetEncoding(encodingName);
        byte[] bytes = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes("报销制度 rules")];

        Assert.Equal("报销制度 rules", Loader.Load(bytes, "a.txt").Text);
    }

    [Fact]
    public void GB18030_is_read_where_the_bytes_are_no_UTF8()
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes("员工每年享有十天年假。");

        Assert.Equal("员工每年享有十天年假。", Loader.Load(bytes, "a.txt").Text);
    }

    [Theory]
    [InlineData("报销制度", 1, "报销制")]
    [InlineData("报销制度", 2, "报销制")]
    [InlineData("é 😀", 1, "é")]
    [InlineData("é 😀", 3, "é")]
    [InlineData("\uFEFFrules 制", 2, "rules")]
    public void UTF8_that_ends_within_its_last_character_stays_UTF8(string text, int missing, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);

        Assert.Equal(expected, Loader.Load(bytes.AsMemory(0, bytes.Length - missing), "a.txt").Text);
    }

    [Theory]
    [InlineData("abc浣")]
    [InlineData("员工浣")]
    public void GB18030_whose_end_looks_like_a_part_of_UTF8_stays_GB18030(string text)
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes(text);
        Assert.Equal([0xE4, 0xBD], bytes[^2..]);

        Assert.Equal(text, Loader.Load(bytes, "a.txt").Text);
    }

    [Fact]
    public void Metadata_is_cut_between_characters()
    {
        var document = Load($"---\nauthor: {new string('x', 999)}😀\n---\ntext", "a.md");

        Assert.Equal(new string('x', 999), document.Metadata["author"]);
    }

    [Theory]
    [InlineData("---\ntitle: \"  a \t \u0007b  \"\n---\nc", "a.md", "a b")]
    [InlineData("# a\u0007  b\n\nmore than twenty characters", "a.md", "a b")]
    [InlineData("---\ntitle: \" \"\n---\nc", "a.md", "a")]
    public void Titles_are_one_line_of_visible_text(string text, string name, string expected) => Assert.Equal(expected, Load(text, name).Title);

    [Fact]
    public void Formats_that_cannot_be_read_are_not_listed()
    {
        Assert.Contains(".md", Loader.Extensions);
        Assert.DoesNotContain(".pdf", Loader.Extensions);
    }

    [Theory]
    [InlineData("a.txt", new byte[] { }, "no text")]
    [InlineData("a.txt", new byte[] { 32, 10, 9 }, "no text")]
    [InlineData("a.txt", new byte[] { 65, 0, 66 }, "binary")]
    [InlineData("a.txt", new byte[] { 1, 2, 3, 4, 65 }, "binary")]
    [InlineData("a.txt", new byte[] { 0xFF, 0xFE, 0, 0, 65, 0, 0, 0 }, "UTF-32")]
    [InlineData("a.txt", new byte[] { 0xEF, 0xBB, 0xBF, 0xFF }, "UTF-8")]
    [InlineData("a.txt", new byte[] { 0x63, 0x61, 0x66, 0xE9, 0x20 }, "neither UTF-8")]
    [InlineData("a.txt", new byte[] { 0x63, 0x61, 0x66, 0xE9 }, "neither UTF-8")]
    [InlineData("a.json", new byte[] { 0x7B }, "not valid at line 1")]
    [InlineData("a.pdf", new byte[] { 0x25, 0x50, 0x44, 0x46 }, "PDF cannot be read")]
    [InlineData("a.xyz", new byte[] { 65 }, "No reader is known for '.xyz'")]
    [InlineData("a", new byte[] { 65 }, "no extension")]
    public void What_cannot_be_read_is_refused_with_a_fix(string name, byte[] bytes, string problem)
    {
        var exception = Assert.Throws<DocumentException>(() => Loader.Load(bytes, name));

        Assert.Equal(name, exception.Name);
        Assert.Contains(problem, exception.Problem, StringComparison.Ordinal);
        Assert.EndsWith(".", exception.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_a_document_exception() =>
        await Assert.ThrowsAsync<DocumentException>(() => Loader.LoadAsync("no-such-folder/none.txt"));

    [Theory]
    [InlineData("a.bin", "text/markdown; charset=utf-8", "Heading1 A")]
    [InlineData("a.md", "text/plain", "Heading1 A")]
    [InlineData("a.txt", "application/octet-stream", "Paragraph # A")]
    public void The_media_type_names_the_format(string name, string mediaType, string expected) =>
        Assert.Equal([expected], Describe(Loader.Load("# A"u8.ToArray(), name, mediaType)));

    internal static string DataFile(string name) => Path.Combine(AppContext.BaseDirectory, "data", "documents", name);

    internal static List<string> Describe(SourceDocument document) =>
        [.. document.Blocks.Select(block =>
            $"{(block.IsTableHeader ? "TableHeader" : block.Kind)}{(block.Kind == DocumentBlockKind.Heading ? block.Level : string.Empty)} {document.TextOf(block).ToString().Replace('\n', '⏎')}")];

    private static SourceDocument Load(string text, string name) => Loader.Load(Encoding.UTF8.GetBytes(text), name);
}
