using System.Text;

namespace Agent.Core.Retrieval.Documents;

/// <summary>What is known so far of a paragraph of a Word document. For one thread.</summary>
internal sealed class DocxParagraph
{
    public StringBuilder Text { get; } = new();

    /// <summary>From 1; 0 for text that is no heading.</summary>
    public int HeadingLevel { get; set; }

    /// <summary>From 1; 0 for text outside lists.</summary>
    public int ListLevel { get; set; }

    public void Clear()
    {
        Text.Clear();
        HeadingLevel = 0;
        ListLevel = 0;
    }
}
