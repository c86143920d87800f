using System.Text;
using AngleSharp.Dom;

namespace Agent.Core.Retrieval.Documents;

/// <summary>The tree of a page as blocks. Recursion is as deep as the parser let elements nest. For one thread.</summary>
internal sealed class HtmlWalk(DocumentBuilder builder)
{
    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal)
    {
        "SCRIPT", "STYLE", "NAV", "NOSCRIPT", "TEMPLATE", "SVG", "MATH", "IFRAME", "OBJECT", "CANVAS", "AUDIO", "VIDEO", "BUTTON", "SELECT", "INPUT", "TEXTAREA", "HEAD",
    };

    private static readonly HashSet<string> Inline = new(StringComparer.Ordinal)
    {
        "A", "ABBR", "B", "BDI", "BDO", "CITE", "CODE", "DATA", "DEL", "DFN", "EM", "FONT", "I", "INS", "KBD", "LABEL", "MARK", "Q", "RUBY", "S", "SAMP", "SMALL",
        "SPAN", "STRONG", "SUB", "SUP", "TIME", "TT", "U", "VAR", "WBR",
    };

    private readonly StringBuilder _line = new();
    private string _marker = string.Empty;
    private int _listLevel;

    public void Run(IElement? body)
    {
        if (body is not null)
        {
            Children(body);
            Close();
        }
    }

    /// <summary>Whether a reader of the page does not see the element. Names of elements from other vocabularies are not in capitals.</summary>
    private static bool IsSkipped(IElement element) => element.HasAttribute("hidden") || Skipped.Contains(element.TagName.ToUpperInvariant());

    private static IEnumerable<IElement> Seen(IElement parent) => parent.Children.Where(child => !IsSkipped(child));

    private void Children(INode parent)
    {
        for (var node = parent.FirstChild; node is not null; node = node.NextSibling)
        {
            if (node is IText text)
            {
                Append(text.Data);
            }
            else if (node is IElement element && !IsSkipped(element))
            {
                Element(element);
            }
        }
    }

    private void Element(IElement element)
    {
        switch (element.TagName)
        {
            case "BR":
                _line.Append('\n');
                break;
            case "IMG":
                Append(element.GetAttribute("alt") ?? string.Empty);
                break;
            case ['H', >= '1' and <= '6' and var level]:
                Close();
                builder.AddHeading(Words(element), level - '0');
                break;
            case "PRE":
                Close();
                builder.AddCode(Raw(element));
                break;
            case "TABLE":
                Close();
                Table(element);
                break;
            case "UL" or "OL" or "MENU":
                Close();
                List(element);
                break;
            case var name when Inline.Contains(name):
                Children(element);
                break;
            default:
                Close();
                Children(element);
                Close();
                break;
        }
    }

    private void List(IElement list)
    {
        _listLevel++;
        var number = int.TryParse(list.GetAttribute("start"), out var start) ? start : 1;
        var isOrdered = list.TagName == "OL";
        foreach (var element in Seen(list))
        {
            if (element.TagName == "LI")
            {
                _marker = isOrdered ? $"{number++}. " : "- ";
                Children(element);
                Close();
                _marker = string.Empty;
            }
            else
            {
                Element(element);
                Close();
            }
        }

        _listLevel--;
    }

    private void Table(IElement table)
    {
        List<IElement> rows = [];
        List<IElement> captions = [];
        Rows(table, rows, captions);
        foreach (var caption in captions)
        {
            builder.AddParagraph(Words(caption));
        }

        // Pages lay themselves out in tables of one column: no table for a reader.
        if (rows.TrueForAll(row => Seen(row).Take(2).Count() <= 1))
        {
            foreach (var row in rows)
            {
                Children(row);
                Close();
            }

            return;
        }

        var number = builder.BeginTable();
        for (var i = 0; i < rows.Count; i++)
        {
            List<IElement> cells = [.. Seen(rows[i]).Where(cell => cell.TagName is "TD" or "TH")];
            var isHeader = i == 0 && (rows[i].ParentElement?.TagName == "THEAD" || cells.TrueForAll(cell => cell.TagName == "TH"));
            builder.AddRow(number, isHeader, [.. cells.Select(Words)]);
        }
    }

    private static void Rows(IElement parent, List<IElement> rows, List<IElement> captions)
    {
        foreach (var element in Seen(parent))
        {
            switch (element.TagName)
            {
                case "TR":
                    rows.Add(element);
                    break;
                case "THEAD" or "TBODY" or "TFOOT":
                    Rows(element, rows, captions);
                    break;
                case "CAPTION":
                    captions.Add(element);
                    break;
                default:
                    break;
            }
        }
    }

    private void Append(string text)
    {
        foreach (var character in text)
        {
            if (!char.IsWhiteSpace(character))
            {
                _line.Append(character);
            }
            else if (_line.Length > 0 && !char.IsWhiteSpace(_line[^1]))
            {
                _line.Append(' ');
            }
        }
    }

    private void Close()
    {
        var text = _line.ToString().Trim();
        _line.Clear();
        if (text.Length == 0)
        {
            return;
        }

        if (_listLevel > 0)
        {
            builder.AddListItem(_marker + text, _listLevel);
            _marker = string.Empty;
        }
        else
        {
            builder.AddParagraph(text);
        }
    }

    /// <summary>An element's text in one line, whatever stands in it.</summary>
    private static string Words(IElement element)
    {
        var text = new StringBuilder();
        Collect(element, text, " ");
        return SingleLine.Of(text.ToString());
    }

    private static string Raw(IElement element)
    {
        var text = new StringBuilder();
        Collect(element, text, string.Empty);
        return text.ToString();
    }

    private static void Collect(INode parent, StringBuilder text, string between)
    {
        for (var node = parent.FirstChild; node is not null; node = node.NextSibling)
        {
            if (node is IText words)
            {
                text.Append(words.Data);
            }
            else if (node is IElement element && !IsSkipped(element))
            {
                if (element.TagName == "BR")
                {
                    text.Append('\n');
                }
                else if (element.TagName == "IMG")
                {
                    text.Append(element.GetAttribute("alt"));
                }

                var separator = Inline.Contains(element.TagName) ? string.Empty : between;
                text.Append(separator);
                Collect(element, text, between);
                text.Append(separator);
            }
        }
    }
}
