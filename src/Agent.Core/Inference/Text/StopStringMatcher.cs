using System.Text;

namespace Agent.Core.Inference.Text;

/// <summary>
/// Finds the first stop string in streamed text, across any borders between pieces. Text that may still become a stop
/// string is held back; the stop string itself and all after it are never given out.
/// </summary>
/// <remarks>Not thread-safe; one for each generation.</remarks>
public sealed class StopStringMatcher
{
    private readonly string[] _stops;
    private readonly int _longest;
    private readonly StringBuilder _held = new();

    /// <summary>Creates a matcher.</summary>
    /// <param name="stops">The stop strings, compared ordinally; none of them empty.</param>
    public StopStringMatcher(IEnumerable<string> stops)
    {
        ArgumentNullException.ThrowIfNull(stops);
        _stops = [.. stops];
        if (_stops.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A stop string is empty; it would stop every answer before its first character.", nameof(stops));
        }

        _longest = _stops.Length == 0 ? 0 : _stops.Max(s => s.Length);
    }

    /// <summary>The stop string that was found, or null.</summary>
    public string? Found { get; private set; }

    /// <summary>Takes the next piece of text.</summary>
    /// <param name="text">The piece.</param>
    /// <returns>The text that is now known to belong to the answer; may be empty.</returns>
    public string Push(ReadOnlySpan<char> text)
    {
        if (Found is not null)
        {
            return string.Empty;
        }

        if (_stops.Length == 0)
        {
            return text.ToString();
        }

        _held.Append(text);
        var held = _held.ToString();
        var (at, stop) = FirstStop(held);
        if (stop is not null)
        {
            Found = stop;
            _held.Clear();
            return held[..at];
        }

        var keep = HeldTail(held);
        _held.Remove(0, held.Length - keep);
        return held[..^keep];
    }

    /// <summary>Ends the text.</summary>
    /// <returns>What was held back and is no stop string after all.</returns>
    public string Complete()
    {
        var rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    private (int At, string? Stop) FirstStop(string text)
    {
        var best = (At: -1, Stop: (string?)null);
        foreach (var stop in _stops)
        {
            var at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (best.Stop is null || at < best.At))
            {
                best = (at, stop);
            }
        }

        return best;
    }

    /// <summary>Length of the longest end of the text that begins a stop string.</summary>
    private int HeldTail(string text)
    {
        for (var length = Math.Min(_longest - 1, text.Length); length > 0; length--)
        {
            var tail = text.AsSpan(text.Length - length);
            foreach (var stop in _stops)
            {
                if (stop.Length > length && stop.AsSpan().StartsWith(tail, StringComparison.Ordinal))
                {
                    return length;
                }
            }
        }

        return 0;
    }
}
