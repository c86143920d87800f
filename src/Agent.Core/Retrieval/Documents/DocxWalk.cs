using System.Text;
using System.Xml;

namespace Agent.Core.Retrieval.Documents;

/// <summary>The text part of a Word document in one forward pass, without a tree. For one thread.</summary>
internal sealed class DocxWalk(DocumentContent content, DocumentBuilder builder, DocxStyles styles)
{
    // The paragraphs that hold the text box which is being read, the outermost first.
    private readonly Stack<DocxParagraph> _outer = [];
    private readonly StringBuilder _cell = new();
    private readonly List<string> _row = [];
    private DocxParagraph _paragraph = new();
    private int _tableDepth;
    private int _table;
    private bool _isFirstRow;

    public void Run(Stream stream, CancellationToken cancellationToken)
    {
        using var xml = DocxXml.Open(content, stream);
        while (DocxXml.Next(xml, content))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (xml.NodeType == XmlNodeType.Element && DocxXml.IsWord(xml))
            {
                Begin(xml);
            }
            else if (xml.NodeType == XmlNodeType.EndElement && DocxXml.IsWord(xml))
            {
                End(xml.LocalName);
            }
        }
    }

    private void Begin(XmlReader xml)
    {
        switch (xml.LocalName)
        {
            case "pStyle":
                _paragraph.HeadingLevel = styles.Level(DocxXml.Value(xml) ?? string.Empty);
                break;
            case "outlineLvl" when int.TryParse(DocxXml.Value(xml), out var outline) && outline is >= 0 and < 9:
                _paragraph.HeadingLevel = outline + 1;
                break;
            case "numPr":
                _paragraph.ListLevel = Math.Max(1, _paragraph.ListLevel);
                break;
            case "ilvl" when int.TryParse(DocxXml.Value(xml), out var level) && level is >= 0 and < 9:
                _paragraph.ListLevel = level + 1;
                break;
            case "numId" when DocxXml.Value(xml) == "0":
                _paragraph.ListLevel = 0;
                break;
            case "t" when !xml.IsEmptyElement:
                ReadText(xml);
                break;
            case "tab":
                _paragraph.Text.Append(' ');
                break;
            case "br" or "cr":
                _paragraph.Text.Append('\n');
                break;
            case "noBreakHyphen":
                _paragraph.Text.Append('-');
                break;
            case "tbl" when !xml.IsEmptyElement:
                if (++_tableDepth == 1)
                {
                    _table = builder.BeginTable();
                    _isFirstRow = true;
                }

                break;
            case "txbxContent" when !xml.IsEmptyElement:
                // The paragraphs of a text box stand within one of the text, which goes on behind the box.
                _outer.Push(_paragraph);
                _paragraph = new DocxParagraph();
                break;
            case "p" when xml.IsEmptyElement:
                _paragraph.Clear();
                break;
            default:
                break;
        }
    }

    private void ReadText(XmlReader xml)
    {
        while (DocxXml.Next(xml, content) && xml.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace or XmlNodeType.CDATA)
        {
            _paragraph.Text.Append(xml.Value);
        }
    }

    private void End(string name)
    {
        switch (name)
        {
            case "p" when _tableDepth > 0:
                // A cell is one line of its row, and a table within a cell is text of that cell.
                _cell.Append(_paragraph.Text).Append(' ');
                _paragraph.Clear();
                break;
            case "p":
                Close();
                break;
            case "tc" when _tableDepth == 1:
                _row.Add(SingleLine.Of(_cell.ToString()));
                _cell.Clear();
                break;
            case "tr" when _tableDepth == 1:
                // Word marks headers rarely, and people write the names of columns into the first row nearly always.
                builder.AddRow(_table, _isFirstRow && _row.Count > 1, _row);
                _isFirstRow = false;
                _row.Clear();
                break;
            case "txbxContent" when _outer.TryPop(out var outer):
                _paragraph = outer;
                break;
            case "tbl":
                _tableDepth = Math.Max(0, _tableDepth - 1);
                break;
            default:
                break;
        }
    }

    private void Close()
    {
        var text = _paragraph.Text.ToString().Trim();
        if (_paragraph.HeadingLevel > 0)
        {
            builder.AddHeading(text, _paragraph.HeadingLevel);
        }
        else if (_paragraph.ListLevel > 0 && text.Length > 0)
        {
            builder.AddListItem($"- {text}", _paragraph.ListLevel);
        }
        else
        {
            builder.AddParagraph(text);
        }

        _paragraph.Clear();
    }
}
