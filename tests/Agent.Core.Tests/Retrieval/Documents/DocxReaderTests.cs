using System.IO.Compression;
using System.Text;
using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Tests.Retrieval.Documents;

public sealed class DocxReaderTests
{
    private const string Names = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
    private const int Bound = 60_000;

    private static readonly DocumentLoader Loader = new();

    [Fact]
    public void Headings_lists_and_tables_are_read()
    {
        var body = """
            <w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t>Guide</w:t></w:r></w:p>
            <w:p><w:r><w:t xml:space="preserve">One </w:t></w:r><w:r><w:t>two</w:t><w:br/><w:t>three</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>!</w:t></w:r></w:ins></w:p>
            <w:p/>
            <w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t>安装</w:t></w:r></w:p>
            <w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>item</w:t></w:r></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Code</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Meaning</w:t></w:r></w:p></w:tc></w:tr>
            <w:tr><w:tc><w:p><w:r><w:t>E1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>No</w:t></w:r></w:p><w:p><w:r><w:t>water</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            """;

        var document = Loader.Load(Docx(body), "guide.docx");

        Assert.Equal("Guide", document.Title);
        Assert.Equal(
            ["Heading1 Guide", "Paragraph One two⏎three!", "Heading2 安装", "ListItem - item", "TableHeader Code | Meaning", "TableRow E1 | No water"],
            DocumentLoaderTests.Describe(document));
    }

    [Fact]
    public void What_a_paragraph_was_before_a_change_does_not_count()
    {
        var body = """
            <w:p><w:pPr><w:pStyle w:val="Heading2"/><w:pPrChange w:id="1"><w:pPr><w:pStyle w:val="Normal"/></w:pPr></w:pPrChange></w:pPr><w:r><w:t>heading</w:t></w:r></w:p>
            <w:p><w:pPr><w:pStyle w:val="part"/></w:pPr><w:r><w:t>part</w:t></w:r></w:p>
            <w:p><w:pPr><w:pPrChange w:id="2"><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:pPrChange></w:pPr><w:r><w:t>text</w:t></w:r></w:p>
            """;

        Assert.Equal(["Heading2 heading", "Heading2 part", "Paragraph text"], DocumentLoaderTests.Describe(Loader.Load(Docx(body), "a.docx")));
    }

    [Fact]
    public void A_text_box_does_not_tear_the_paragraph_that_holds_it()
    {
        var body = $"""
            <w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t xml:space="preserve">one </w:t></w:r><w:r>{Box($"<w:p><w:r><w:t>outer box</w:t></w:r><w:r>{Box("<w:p><w:r><w:t>inner box</w:t></w:r></w:p>")}</w:r></w:p>")}</w:r><w:r><w:t>two</w:t></w:r></w:p>
            <w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>three</w:t></w:r><w:r><w:pict><w:txbxContent/></w:pict></w:r><w:r>{Box("""<w:p><w:pPr><w:pStyle w:val="Heading3"/></w:pPr><w:r><w:t>box</w:t></w:r></w:p>""")}</w:r></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r><w:r>{Box("<w:p><w:r><w:t>b</w:t></w:r></w:p>")}</w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            """;

        Assert.Equal(
            ["Paragraph inner box", "Paragraph outer box", "Heading2 one two", "Heading3 box", "ListItem - three", "TableHeader b a | c"],
            DocumentLoaderTests.Describe(Loader.Load(Docx(body), "a.docx")));

        static string Box(string content) => $"""
            <mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps"><w:drawing><w:txbxContent>{content}</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>{content}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent>
            """;
    }

    [Fact]
    public void A_document_cut_short_is_refused_at_every_length()
    {
        var whole = Docx("<w:p><w:r><w:t>text</w:t></w:r></w:p>");
        for (var length = 1; length < whole.Length; length += 13)
        {
            Assert.Throws<DocumentException>(() => Loader.Load(whole.AsMemory(0, length), "a.docx"));
        }
    }

    [Fact]
    public void Damaged_bytes_never_hurt_the_process()
    {
        var random = new Random(7);
        var whole = Docx("<w:p><w:r><w:t>text</w:t></w:r></w:p>");
        for (var i = 0; i < 300; i++)
        {
            var damaged = (byte[])whole.Clone();
            for (var k = 0; k < 4; k++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.NotEmpty(Loader.Load(damaged, "a.docx").Blocks);
            }
            catch (DocumentException exception)
            {
                Assert.Equal("a.docx", exception.Name);
            }
        }
    }

    [Fact(Timeout = Bound)]
    public async Task A_zip_bomb_is_refused_before_it_is_opened()
    {
        var bomb = Docx($"<w:p><w:r><w:t>{new string('x', 20_000_000)}</w:t></w:r></w:p>");
        Assert.True(bomb.Length < 100_000);

        var exception = await Assert.ThrowsAsync<DocumentException>(() => Task.Run(() => Loader.Load(bomb, "a.docx")));

        Assert.Contains("word/document.xml", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_total_of_all_parts_is_bounded()
    {
        var loader = new DocumentLoader(new DocumentLimits { MaxUnpackedBytes = 5_000 });

        var exception = Assert.Throws<DocumentException>(() => loader.Load(Docx($"<w:p><w:r><w:t>{new string('x', 10_000)}</w:t></w:r></w:p>"), "a.docx"));

        Assert.Contains("unpacks to more", exception.Problem, StringComparison.Ordinal);
    }

    [Fact(Timeout = Bound)]
    public async Task Deep_nesting_is_refused()
    {
        var body = string.Concat(Enumerable.Repeat("<w:tbl><w:tr><w:tc>", 3000)) + string.Concat(Enumerable.Repeat("</w:tc></w:tr></w:tbl>", 3000));

        var exception = await Assert.ThrowsAsync<DocumentException>(() => Task.Run(() => Loader.Load(Docx(body), "a.docx")));

        Assert.Contains("deep", exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Entities_of_a_document_type_are_refused()
    {
        var body = $"<!DOCTYPE x [<!ENTITY a \"aaaa\">]><w:document {Names}><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>";

        Assert.Throws<DocumentException>(() => Loader.Load(Pack(body), "a.docx"));
    }

    private static byte[] Docx(string body) => Pack($"<w:document {Names}><w:body>{body}</w:body></w:document>");

    private static byte[] Pack(string document)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            const string types = "application/vnd.openxmlformats-officedocument.wordprocessingml";
            const string relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
            Add(archive, "[Content_Types].xml", $"""
                <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
                <Override PartName="/word/document.xml" ContentType="{types}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="{types}.styles+xml"/></Types>
                """);
            Add(archive, "_rels/.rels", Relation($"{relations}/officeDocument", "word/document.xml"));
            Add(archive, "word/_rels/document.xml.rels", Relation($"{relations}/styles", "styles.xml"));
            Add(archive, "word/styles.xml", $"""<w:styles {Names}><w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="part"><w:pPr><w:outlineLvl w:val="1"/><w:pPrChange w:id="1"><w:pPr><w:outlineLvl w:val="4"/></w:pPr></w:pPrChange></w:pPr></w:style></w:styles>""");
            Add(archive, "word/document.xml", document);
        }

        return bytes.ToArray();

        static string Relation(string type, string target) =>
            $"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{type}" Target="{target}"/></Relationships>""";

        static void Add(ZipArchive archive, string name, string text)
        {
            using var part = archive.CreateEntry(name).Open();
            part.Write(Encoding.UTF8.GetBytes(text));
        }
    }
}
