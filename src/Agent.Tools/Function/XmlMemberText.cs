using System.Text;
using System.Xml.Linq;

namespace Agent.Tools.Function;

/// <summary>What the documentation says of one member, as plain text on one line.</summary>
internal sealed class XmlMemberText
{
    private readonly Dictionary<string, string> _parameters = new(StringComparer.Ordinal);

    internal XmlMemberText(XElement member)
    {
        Summary = member.Element("summary") is { } summary ? Text(summary) : string.Empty;
        foreach (var parameter in member.Elements("param"))
        {
            if (parameter.Attribute("name")?.Value is { } name)
            {
                _parameters[name] = Text(parameter);
            }
        }
    }

    /// <summary>The summary; empty when there is none.</summary>
    internal string Summary { get; }

    /// <summary>A parameter; empty when it is not described.</summary>
    internal string Parameter(string name) => _parameters.GetValueOrDefault(name, string.Empty);

    private static string Text(XElement element)
    {
        var text = new StringBuilder();
        Append(element, text);
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static void Append(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
        {
            switch (node)
            {
                case XText literal:
                    text.Append(literal.Value);
                    break;
                case XElement { Name.LocalName: "para" or "br" or "item" or "list" or "description" or "code" } block:
                    text.Append(' ');
                    Append(block, text);
                    text.Append(' ');
                    break;
                case XElement { IsEmpty: true } reference:
                    text.Append(Reference(reference));
                    break;
                case XElement inner:
                    Append(inner, text);
                    break;
            }
        }
    }

    private static string Reference(XElement element)
    {
        if (element.Attribute("cref")?.Value is not { } cref)
        {
            return element.Attribute("langword")?.Value ?? element.Attribute("name")?.Value ?? element.Attribute("href")?.Value ?? string.Empty;
        }

        // "M:Shop.Orders.Find(System.Int32)" is Find to a reader.
        var name = cref.Split('(', 2)[0];
        name = name[(name.LastIndexOfAny(['.', ':']) + 1)..];
        return name.Split('`', 2)[0];
    }
}
