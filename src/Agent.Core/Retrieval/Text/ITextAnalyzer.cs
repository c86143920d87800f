namespace Agent.Core.Retrieval.Text;

/// <summary>
/// Turns text into the terms of the index. Documents and queries must pass through the same analyzer, or through two with the same
/// <see cref="Id"/>. Implementations are immutable and thread-safe.
/// </summary>
public interface ITextAnalyzer
{
    /// <summary>
    /// A name of this analysis with its version. An index that was made with another one has to be made anew.
    /// </summary>
    string Id { get; }

    /// <summary>Calls a handler with each term, in the order of the text; a term that occurs again comes again.</summary>
    /// <param name="text">Any text, broken surrogates included.</param>
    /// <param name="handler">Receives terms of 1 to 64 characters. The span is good during the call only.</param>
    void Analyze(ReadOnlySpan<char> text, TermHandler handler);
}
