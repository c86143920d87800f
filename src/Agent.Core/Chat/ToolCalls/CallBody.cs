using Agent.Core.Chat.Template;

namespace Agent.Core.Chat.ToolCalls;

/// <summary>The JSON object of a call, at a place of the turn's text, read as far as the text goes and as a call may be long.</summary>
/// <param name="text">The turn's text.</param>
/// <param name="options">Limits of a call.</param>
internal sealed class CallBody(TurnText text, ToolCallParserOptions options)
{
    private readonly JsonObjectScanner _scanner = new(options.MaxNesting);

    /// <summary>Where it begins.</summary>
    public int Start { get; private set; }

    /// <summary>End of what has been read.</summary>
    public int End => Start + _scanner.Position;

    /// <summary>Where it is too long.</summary>
    public int Limit => Start + options.MaxCallLength;

    /// <summary>What is wrong, once <see cref="Read"/> found an error.</summary>
    public string? Error => _scanner.Error;

    /// <summary>The key or the name at which <see cref="Read"/> stopped, escapes undecoded.</summary>
    public ReadOnlySpan<char> LastString => Text[_scanner.LastString];

    /// <summary>What has been read.</summary>
    public ReadOnlySpan<char> Text => text.Slice(Start, _scanner.Position);

    /// <summary>Characters read so far in all objects.</summary>
    public long Work { get; private set; }

    /// <summary>Begins anew with the object at a position.</summary>
    public void Begin(int start)
    {
        Start = start;
        _scanner.Reset();
    }

    /// <summary>Follows the text when it moves to the front.</summary>
    public void Move(int by) => Start -= by;

    /// <summary>Reads on.</summary>
    /// <param name="stopAtKeys">Whether to stop after each outermost key, and after the name.</param>
    public JsonScanStatus Read(bool stopAtKeys = false)
    {
        var held = text.Slice(Start, Math.Min(text.Count - Start, options.MaxCallLength));
        var before = _scanner.Position;
        JsonScanStatus status;
        do
        {
            status = _scanner.Scan(held);
        }
        while (!stopAtKeys && status is JsonScanStatus.Key or JsonScanStatus.Name);

        Work += _scanner.Position - before;
        return status;
    }

    /// <summary>Where the closing tag begins that stands in the string which is being read; null where none does.</summary>
    public int? FindCloseInOpenString() =>
        _scanner.OpenString is { } openString ? text.FindTag(ToolCallTags.Close, Start + openString, End) : null;

    /// <summary>The name of the tool; null where it has not been read or is no JSON.</summary>
    public string? ReadName() =>
        _scanner.Name is { } range && ModelJson.TryParse($"\"{Text[range]}\"", out var name) ? name.GetString() : null;

    /// <summary>The last characters that have been read, for a message.</summary>
    public string Excerpt()
    {
        const int Length = 40;
        var read = Text;
        if (read.Length <= Length)
        {
            return read.ToString();
        }

        var start = char.IsLowSurrogate(read[^Length]) ? Length - 1 : Length;
        return $"…{read[^start..]}";
    }
}
