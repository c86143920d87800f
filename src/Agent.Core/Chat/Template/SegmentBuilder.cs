using System.Text;

namespace Agent.Core.Chat.Template;

/// <summary>Collects prompt segments; neighbouring trusted text becomes one segment, empty text none.</summary>
internal sealed class SegmentBuilder
{
    private readonly List<PromptSegment> _segments = [];
    private readonly StringBuilder _trusted = new();
    private int? _systemEnd;

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

    /// <summary>Ends the system part behind the trusted text that was added last.</summary>
    public void EndSystem() => _systemEnd = _trusted.Length;

    public IReadOnlyList<PromptSegment> ToSegments()
    {
        Flush();
        return _segments;
    }

    private void Flush()
    {
        if (_trusted.Length > 0)
        {
            _segments.Add(new PromptSegment(_trusted.ToString(), IsTrusted: true) { SystemEnd = _systemEnd });
            _systemEnd = null;
            _trusted.Clear();
        }
    }
}
