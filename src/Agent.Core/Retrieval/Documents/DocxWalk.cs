using System.Text;
using System.Xml;

namespace Agent.Core.Retrieval.Documents;

/// <summary>The text part of a Word document in one forward pass, without a tree. For one thread.</summary>
internal sealed class DocxWalk(DocumentContent content, DocumentBuilder builder, DocxStyles styles)
{
    private readonly StringBuilder _paragraph = new();
    private readonly StringBuilder _cell = new();
    private readonly List<string> _row = [];
    private int _headingLevel;
    private int _listLevel;
    private int _tableDepth;
    private int _table;
    private bool _isFirstRow;

    public void Run(Stream stream, CancellationToken cancellationToken)
    {
        using var xml = DocxXml.Open(content, stream);
        while (DocxXml.Next(xml, content))
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A drawing keeps its text twice, in new words and, as a fallback, in old ones. Deleted text is gone for a reader.
            while (xml.NodeType == XmlNodeType.Element && xml.LocalName is "Fallback" or "del" or "moveFrom" && !xml.IsEmptyElement && xml.Depth > 0)
            {
                SkipElement(xml);
            }

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

    private void SkipElement(XmlReader xml)
    {
        var depth = xml.Depth;
        while (DocxXml.Next(xml, content) && xml.Depth > depth)
        {
            // What lies within is passed over.
        }

        DocxXml.Next(xml, content);
    }

    private void Begin(XmlReader xml)
    {
        switch (xml.LocalName)
        {
            case "pStyle":
                _headingLevel = styles.Level(DocxXml.Value(xml) ?? string.Empty);
                break;
            case "outlineLvl" when int.TryParse(DocxXml.Value(xml), out var outline) && outline is >= 0 and < 9:
                _headingLevel = outline + 1;
                break;
            case "numPr":
                _listLevel = Math.Max(1, _listLevel);
                break;
            case "ilvl" when int.TryParse(DocxXml.Value(xml), out var level) && level is >= 0 and < 9:
                _listLevel = level + 1;
                break;
            case "numId" when DocxXml.Value(xml) == "0":
                _listLevel = 0;
                break;
            case "t" when !xml.IsEmptyElement:
                ReadText(xml);
                break;
            case "tab":
                _paragraph.Append(' ');
                break;
            case "br" or "cr":
                _paragraph.Append('\n');
                break;
            case "noBreakHyphen":
                _paragraph.Append('-');
                break;
            case "tbl" when !xml.IsEmptyElement:
                if (++_tableDepth == 1)
                {
                    _table = builder.BeginTable();
                    _isFirstRow = true;
                }

                break;
            case "p" when xml.IsEmptyElement:
                Forget();
                break;
            default:
                break;
        }
    }

    private void ReadText(XmlReader xml)
    {
        while (DocxXml.Next(xml, content) && xml.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace or XmlNodeType.CDATA)
        {
            _paragraph.Append(xml.Value);
        }
    }

    private void End(string name)
    {
        switch (name)
        {
            case "p" when _tableDepth > 0:
                // A cell is one line of its row, and a table within a cell is text of that cell.
                _cell.Append(_paragraph).Append(' ');
                Forget();
                break;
            case "p":
                Close();
                break;
            case "tc" when _tableDepth == 1:
                _row.Add(string.Join(' ', _cell.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
                _cell.Clear();
                break;
            case "tr" when _tableDepth == 1:
                // Word marks headers rarely, and people write the names of columns into the first row nearly always.
                builder.AddRow(_table, _isFirstRow && _row.Count > 1, _row);
                _isFirstRow = false;
                _row.Clear();
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
        var text = _paragraph.ToString().Trim();
        if (_headingLevel > 0)
        {
            builder.AddHeading(text, _headingLevel);
        }
        else if (_listLevel > 0 && text.Length > 0)
        {
            builder.AddListItem($"- {text}", _listLevel);
        }
        else
        {
            builder.AddParagraph(text);
        }

        Forget();
    }

    private void Forget()
    {
        _paragraph.Clear();
        _headingLevel = 0;
        _listLevel = 0;
    }
}
