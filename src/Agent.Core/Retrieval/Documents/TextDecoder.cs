using System.Buffers;
using System.Text;

namespace Agent.Core.Retrieval.Documents;

/// <summary>Bytes of unknown encoding to text: UTF-8, UTF-16 by its mark, else GB18030; nothing is guessed beyond these.</summary>
internal static class TextDecoder
{
    private const string Fix = "Save the file as UTF-8 text.";

    /// <summary>Of this many characters one may be a control character; text has none but line ends and tabs, as a rule.</summary>
    private const int CharactersForOneControl = 20;

    /// <summary>Bytes of a character of UTF-8, at most.</summary>
    private const int MaxUtf8Length = 4;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding Utf16LittleEndian = new(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding Utf16BigEndian = new(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true);

    // Taken from the provider directly: registering it would change what encodings the whole process knows.
    private static readonly Encoding Gb18030 = StrictGb18030();

    public static string Decode(string name, ReadOnlySpan<byte> bytes)
    {
        var text = Normalize(DecodeBytes(name, bytes));
        ThrowIfBinary(name, text);
        return text;
    }

    private static string DecodeBytes(string name, ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            return Strictly(name, Utf8, WithoutPartAtEnd(bytes[3..]), "UTF-8");
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]) || bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
        {
            throw new DocumentException(name, "The text is UTF-32", Fix);
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return Strictly(name, Utf16LittleEndian, bytes[2..], "UTF-16");
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return Strictly(name, Utf16BigEndian, bytes[2..], "UTF-16");
        }

        if (bytes.Contains((byte)0))
        {
            throw Binary(name);
        }

        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Utf8.GetString(bytes);
        }

        // A file that was cut within its last character. ASCII before that says nothing: then it may as well be the only character of a text in
        // GB18030.
        var whole = WithoutPartAtEnd(bytes);
        if (whole.Length < bytes.Length && !Ascii.IsValid(whole) && System.Text.Unicode.Utf8.IsValid(whole))
        {
            return Utf8.GetString(whole);
        }

        try
        {
            return Gb18030.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new DocumentException(name, "The text is neither UTF-8, UTF-16 with its mark, nor GB18030", Fix, exception);
        }
    }

    /// <summary>The bytes without those at their end that begin a character of UTF-8 and do not end it.</summary>
    private static ReadOnlySpan<byte> WithoutPartAtEnd(ReadOnlySpan<byte> bytes)
    {
        for (var part = 1; part < MaxUtf8Length && part <= bytes.Length; part++)
        {
            if (Rune.DecodeFromUtf8(bytes[^part..], out _, out _) == OperationStatus.NeedMoreData)
            {
                return bytes[..^part];
            }
        }

        return bytes;
    }

    private static string Strictly(string name, Encoding encoding, ReadOnlySpan<byte> bytes, string encodingName)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new DocumentException(name, $"The file says that it is {encodingName} but holds bytes that are not", Fix, exception);
        }
    }

    private static string Normalize(string text) =>
        text.Contains('\r') ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : text;

    private static void ThrowIfBinary(string name, string text)
    {
        var strange = 0;
        foreach (var character in text)
        {
            switch (character)
            {
                case '\0':
                    throw Binary(name);
                // GB18030 maps bytes that mean nothing to the private use area, so these betray binary data as well.
                case < ' ' and not ('\n' or '\t' or '\f') or '\x7F' or '\uFFFD' or (>= '\uE000' and <= '\uF8FF'):
                    strange++;
                    break;
                default:
                    break;
            }
        }

        if ((long)strange * CharactersForOneControl > text.Length)
        {
            throw Binary(name);
        }
    }

    private static DocumentException Binary(string name) =>
        new(name, "The file is binary data, not text", "Give it the extension of its true format, or save it as UTF-8 text.");

    private static Encoding StrictGb18030()
    {
        var encoding = (Encoding)CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.Clone();
        encoding.DecoderFallback = DecoderFallback.ExceptionFallback;
        return encoding;
    }
}
