using System.Xml;

namespace Agent.Core.Retrieval.Documents;

/// <summary>XML of a Word document: no DTD, no outside entities, and bounds on length and depth.</summary>
internal static class DocxXml
{
    private const string Transitional = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    private const string Strict = "http://purl.oclc.org/ooxml/wordprocessingml/main";

    public static XmlReader Open(DocumentContent content, Stream stream) => XmlReader.Create(stream, new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = content.Limits.MaxUnpackedBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    });

    /// <summary>Reads on, passing over what is no longer or twice there and refusing what is nested too deep.</summary>
    public static bool Next(XmlReader xml, DocumentContent content)
    {
        var found = Read(xml, content);
        while (found && IsSkipped(xml))
        {
            var depth = xml.Depth;
            do
            {
                found = Read(xml, content);
            }
            while (found && xml.Depth > depth);
            found = found && Read(xml, content);
        }

        return found;
    }

    public static bool IsWord(XmlReader xml) => xml.NamespaceURI is Transitional or Strict;

    /// <summary>The attribute <c>w:val</c> of an element.</summary>
    public static string? Value(XmlReader xml) => xml.GetAttribute("val", xml.NamespaceURI);

    // A drawing keeps its text twice, in new words and, as a fallback, in old ones. Deleted text is gone for a reader, and so is what a
    // paragraph was before its form was changed.
    private static bool IsSkipped(XmlReader xml) =>
        xml.NodeType == XmlNodeType.Element && xml.LocalName is "Fallback" or "del" or "moveFrom" or "pPrChange" && !xml.IsEmptyElement && xml.Depth > 0;

    private static bool Read(XmlReader xml, DocumentContent content) => xml.Read()
        && (xml.Depth <= content.Limits.MaxDepth
            ? true
            : throw new DocumentException(content.Name, $"The Word document is nested more than {content.Limits.MaxDepth} levels deep", "Remove tables within tables, or raise the limit."));
}
