using System.Text;

namespace Agent.Tools.Process;

/// <summary>
/// What a program wrote, as text for a model: invalid UTF-8 replaced, escape sequences of terminals and control characters taken
/// out, line ends as line feeds.
/// </summary>
internal static class OutputText
{
    private const char Escape = '\u001b';
    private const char ControlSequence = '\u009b';
    private const char Bell = '\u0007';

    internal static string Clean(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
        var clean = new StringBuilder(text.Length);
        var i = 0;
        while (i < text.Length)
        {
            var c = text[i++];
            switch (c)
            {
                case Escape:
                    i = AfterEscape(text, i);
                    break;
                case ControlSequence:
                    i = AfterControlSequence(text, i);
                    break;
                case '\r':
                    // A lone carriage return begins the line anew, as progress bars do.
                    clean.Append('\n');
                    i += i < text.Length && text[i] == '\n' ? 1 : 0;
                    break;
                case '\n' or '\t':
                case var other when !char.IsControl(other):
                    clean.Append(c);
                    break;
            }
        }

        return clean.ToString();
    }

    private static int AfterEscape(string text, int i)
    {
        if (i >= text.Length)
        {
            return i;
        }

        switch (text[i])
        {
            case '[':
                return AfterControlSequence(text, i + 1);
            case ']' or 'P' or 'X' or '^' or '_':
                return AfterString(text, i + 1);
        }

        // Intermediate bytes and a final one, as in ESC ( B.
        while (i < text.Length && text[i] is >= ' ' and <= '/')
        {
            i++;
        }

        return i < text.Length && text[i] is >= '0' and <= '~' ? i + 1 : i;
    }

    private static int AfterControlSequence(string text, int i)
    {
        while (i < text.Length && text[i] is >= ' ' and <= '?')
        {
            i++;
        }

        return i < text.Length && text[i] is >= '@' and <= '~' ? i + 1 : i;
    }

    // Titles and links, up to BEL or ESC \. One without an end stops at its line, so that it cannot hide the rest.
    private static int AfterString(string text, int i)
    {
        while (i < text.Length && text[i] is not ('\n' or Bell or Escape))
        {
            i++;
        }

        return i >= text.Length ? i : text[i] switch
        {
            Bell => i + 1,
            Escape when i + 1 < text.Length && text[i + 1] == '\\' => i + 2,
            _ => i,
        };
    }
}
