using System.Text;

namespace Agent.Tools.Safety;

/// <summary>Cuts texts between two characters: half of a surrogate pair is no Unicode, which JSON, consoles and databases refuse or spoil.</summary>
internal static class TextCut
{
    /// <summary>What stands where something was cut off.</summary>
    internal const string Mark = "...";

    /// <summary>How many UTF-16 units of a text are whole characters, where no more than a number of them may be kept.</summary>
    internal static int Border(ReadOnlySpan<char> text, int length) =>
        text.Length <= length ? text.Length
        : length > 0 && char.IsHighSurrogate(text[length - 1]) && char.IsLowSurrogate(text[length]) ? length - 1
        : length;

    /// <summary>The text, or its beginning of at most so many UTF-16 units with a mark behind it.</summary>
    internal static string Head(string text, int length, string mark = Mark) =>
        text.Length <= length ? text : string.Concat(text.AsSpan(0, Border(text, length)), mark);

    /// <summary>The text, or its end of at most so many UTF-16 units with the mark before it.</summary>
    internal static string Tail(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var start = text.Length - length;
        var isInside = length > 0 && char.IsLowSurrogate(text[start]) && char.IsHighSurrogate(text[start - 1]);
        return string.Concat(Mark, text.AsSpan(isInside ? start + 1 : start));
    }

    /// <summary>The text, or its beginning with a mark, at most so many bytes of UTF-8 together.</summary>
    internal static string FitBytes(string text, int bytes, string mark) =>
        Encoding.UTF8.GetByteCount(text) <= bytes ? text : string.Concat(HeadBytes(text, bytes - Encoding.UTF8.GetByteCount(mark)), mark);

    /// <summary>The beginning of a text, at most so many bytes of UTF-8.</summary>
    internal static string HeadBytes(string text, int bytes)
    {
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((bytes -= rune.Utf8SequenceLength) < 0)
            {
                break;
            }

            end += rune.Utf16SequenceLength;
        }

        return text[..end];
    }
}
