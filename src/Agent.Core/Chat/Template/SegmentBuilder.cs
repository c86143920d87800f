using System.Text;

namespace Agent.Core.Chat.Template;

/// <summary>Collects prompt segments; neighbouring trusted text becomes one segment, empty text none.</summary>
internal sealed class SegmentBuilder
{
    private readonly List<PromptSegment> _segments = [];
    private readonly StringBuilder _trusted = new();

    public void Trusted(string text) => _trusted.Append(text);

    public void Untrusted(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        Flush();
        _segments.Add(new PromptSegment(text, IsTrusted: false));
    }

    public IReadOnlyList<PromptSegment> ToSegments()
    {
        Flush();
        return _segments;
    }

    private void Flush()
    {
        if (_trusted.Length > 0)
        {
            _segments.Add(new PromptSegment(_trusted.ToString(), IsTrusted: true));
            _trusted.Clear();
        }
    }
}
