namespace Agent.Core.Retrieval.Documents;

/// <summary>The bytes of a file on their way through a reader. Immutable.</summary>
/// <param name="Name">The file, as the caller named it; for messages and as the last choice of a title.</param>
/// <param name="Bytes">All of the file.</param>
/// <param name="Limits">The bounds that hold.</param>
public sealed record DocumentContent(string Name, ReadOnlyMemory<byte> Bytes, DocumentLimits Limits)
{
    /// <summary>The bytes as text, with line feeds as the only line ends.</summary>
    /// <exception cref="DocumentException">The bytes are no text in UTF-8, UTF-16 or GB18030.</exception>
    public string DecodeText() => TextDecoder.Decode(Name, Bytes.Span);

    /// <summary>What the file is called where it does not name itself: its name without folders and extension.</summary>
    internal string FallbackTitle
    {
        get
        {
            var start = Name.AsSpan().LastIndexOfAny('/', '\\') + 1;
            var name = Name.AsSpan(start);
            var dot = name.LastIndexOf('.');
            return (dot > 0 ? name[..dot] : name).ToString();
        }
    }
}
