using Agent.Core.Retrieval.Text.Terms;

namespace Agent.Core.Retrieval.Text;

/// <summary>
/// The terms of Chinese and English text, and sensible ones of any other. Thread-safe; nothing is allocated for a term.
/// <list type="bullet">
/// <item>Width, case, compatibility forms and the marks of Latin letters do not count; traditional and simplified Chinese are the same.</item>
/// <item>Ideographs are terms alone and in pairs; kana, Hangul and scripts without spaces are terms in pairs.</item>
/// <item>English words are terms by their stems (Porter2). Numbers lose the commas between thousands.</item>
/// <item>Identifiers, hyphenated words, addresses and file names are terms as a whole and by their parts ("userId": "userid", "user", "id").</item>
/// </list>
/// </summary>
/// <remarks>
/// The two instances make the same terms but for stop words. Documents keep them, so that a query of nothing else finds what it names ("The Who",
/// "to be or not to be"); a query drops them as soon as it has anything else to look for.
/// </remarks>
public sealed class BilingualAnalyzer : ITextAnalyzer
{
    private readonly bool _keepStopWords;

    private BilingualAnalyzer(bool keepStopWords) => _keepStopWords = keepStopWords;

    /// <summary>For text that goes into the index: stop words are terms.</summary>
    public static BilingualAnalyzer Documents { get; } = new(keepStopWords: true);

    /// <summary>For text that is looked for: stop words are terms only where the text has no others.</summary>
    public static BilingualAnalyzer Queries { get; } = new(keepStopWords: false);

    /// <inheritdoc/>
    /// <value>One for both instances: a query of one fits an index of the other.</value>
    public string Id => "bilingual-1";

    /// <inheritdoc/>
    public void Analyze(ReadOnlySpan<char> text, TermHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (TermScan.Run(text, handler, _keepStopWords))
        {
            TermScan.Run(text, handler, keepStopWords: true);
        }
    }
}
