using System.Text;

namespace Agent.Core.Retrieval.Documents;

/// <summary>The rows of a delimited text, in one pass. For one thread.</summary>
internal sealed class CsvRows
{
    private const int MaxWarnings = 10;

    private readonly string _text;
    private readonly char _delimiter;
    private readonly StringBuilder _field = new();
    private readonly List<string> _warnings = [];
    private int _position;

    // After a quote that nothing closes, quotes reach to the end of their line at most: otherwise each might search the whole rest again.
    private bool _quotesEndWithLine;

    public CsvRows(string text)
    {
        _text = text;
        var end = text.AsSpan().TrimStart('\n').IndexOf('\n');
        _delimiter = FindDelimiter(end < 0 ? text : text.AsSpan().TrimStart('\n')[..end]);
    }

    /// <summary>Number of the row that was read last, from 1.</summary>
    public int Number { get; private set; }

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Reads the next row that is not blank.</summary>
    public bool TryRead(List<string> row)
    {
        while (_position < _text.Length && _text[_position] == '\n')
        {
            _position++;
        }

        row.Clear();
        if (_position >= _text.Length)
        {
            return false;
        }

        Number++;
        while (true)
        {
            row.Add(ReadField());
            if (_position >= _text.Length)
            {
                return true;
            }

            if (_text[_position++] == '\n')
            {
                return true;
            }
        }
    }

    private string ReadField()
    {
        if (_position < _text.Length && _text[_position] == '"' && CloseOf(_position) is > 0 and var close)
        {
            var value = _field.ToString();
            _position = close + 1;
            var behind = ReadPlain();
            if (!string.IsNullOrWhiteSpace(behind))
            {
                Warn($"Row {Number:N0} has text behind a closing quotation mark; it was read as part of the field.");
                return value + behind;
            }

            return value;
        }

        return ReadPlain();
    }

    /// <summary>Where a quoted field closes, its value being in the builder; 0 if it does not.</summary>
    private int CloseOf(int open)
    {
        _field.Clear();
        var start = open + 1;
        while (true)
        {
            var at = _quotesEndWithLine ? _text.AsSpan(start).IndexOfAny('"', '\n') : _text.AsSpan(start).IndexOf('"');
            if (at < 0 || _text[start + at] == '\n')
            {
                _quotesEndWithLine = true;
                Warn($"Row {Number:N0} opens a quotation mark that is not closed; it was read as text.");
                return 0;
            }

            _field.Append(_text, start, at);
            if (start + at + 1 >= _text.Length || _text[start + at + 1] != '"')
            {
                return start + at;
            }

            _field.Append('"');
            start += at + 2;
        }
    }

    private string ReadPlain()
    {
        var end = _text.AsSpan(_position).IndexOfAny(_delimiter, '\n');
        var length = end < 0 ? _text.Length - _position : end;
        var value = _text.Substring(_position, length);
        _position += length;
        return value;
    }

    private void Warn(string sentence)
    {
        if (_warnings.Count < MaxWarnings)
        {
            _warnings.Add(sentence);
        }
    }

    private static char FindDelimiter(ReadOnlySpan<char> line)
    {
        var best = ',';
        var most = 0;
        foreach (var candidate in ",;\t|")
        {
            var count = line.Count(candidate);
            if (count > most)
            {
                most = count;
                best = candidate;
            }
        }

        return best;
    }
}
