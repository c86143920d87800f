using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace Agent.Core.Retrieval.Documents;

/// <summary>Which paragraph styles are headings. Immutable.</summary>
internal sealed class DocxStyles
{
    private readonly Dictionary<string, int> _levels = new(StringComparer.Ordinal);

    /// <summary>The level of the headings of a style; 0 for other styles.</summary>
    public int Level(string style) => _levels.TryGetValue(style, out var level) ? level : LevelOfName(style);

    public static DocxStyles Read(DocumentContent content, StyleDefinitionsPart? part)
    {
        var styles = new DocxStyles();
        if (part is null)
        {
            return styles;
        }

        using var stream = part.GetStream(FileMode.Open, FileAccess.Read);
        using var xml = DocxXml.Open(content, stream);
        string? id = null;
        while (DocxXml.Next(xml, content))
        {
            if (xml.NodeType != XmlNodeType.Element || !DocxXml.IsWord(xml))
            {
                continue;
            }

            switch (xml.LocalName)
            {
                case "style":
                    id = xml.GetAttribute("styleId", xml.NamespaceURI);
                    break;
                // Ids are translated with the program's language, names of built-in styles are not.
                case "name" when id is not null && LevelOfName(DocxXml.Value(xml) ?? string.Empty) is > 0 and var level:
                    styles._levels[id] = level;
                    break;
                case "outlineLvl" when id is not null && int.TryParse(DocxXml.Value(xml), out var outline) && outline is >= 0 and < 9:
                    styles._levels[id] = outline + 1;
                    break;
                default:
                    break;
            }
        }

        return styles;
    }

    private static int LevelOfName(string name)
    {
        if (name.Equals("title", StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        return name.StartsWith("heading", StringComparison.OrdinalIgnoreCase) && int.TryParse(name.AsSpan(7).Trim(), out var level) && level is > 0 and <= 9 ? level : 0;
    }
}
