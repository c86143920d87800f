using System.Text;

namespace Agent.Core.Chat.Template;

/// <summary>Collects prompt segments; neighbouring trusted text becomes one segment, empty text none.</summary>
internal sealed class SegmentBuilder
{
    private readonly List<PromptSegment> segments = [];
    private readonly StringBuilder trusted = new();

    public void Trusted(string text) => trusted.Append(text);

    public void Untrusted(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        Flush();
        segments.Add(new PromptSegment(text, IsTrusted: false));
    }

    public IReadOnlyList<PromptSegment> ToSegments()
    {
        Flush();
        return segments;
    }

    private void Flush()
    {
        if (trusted.Length > 0)
        {
            segments.Add(new PromptSegment(trusted.ToString(), IsTrusted: true));
            trusted.Clear();
        }
    }
}
