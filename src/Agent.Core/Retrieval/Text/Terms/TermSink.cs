using System.Buffers;
using Agent.Core.Retrieval.Text.Words;

namespace Agent.Core.Retrieval.Text.Terms;

/// <summary>Hands terms to the caller: words of the Latin alphabet by their stems, stop words only where they are kept.</summary>
internal ref struct TermSink(TermHandler handler, bool keepStopWords, Span<char> scratch)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private static readonly SearchValues<char> Plain = SearchValues.Create(Letters);
    private static readonly SearchValues<char> PlainOrApostrophe = SearchValues.Create(Letters + "'");
    private readonly Span<char> _scratch = scratch;

    /// <summary>Whether a term was handed over.</summary>
    public bool Any { get; private set; }

    /// <summary>Whether a stop word was left out.</summary>
    public bool Dropped { get; private set; }

    /// <summary>Hands over a term as it is.</summary>
    public void Exact(scoped ReadOnlySpan<char> term)
    {
        if (!term.IsEmpty)
        {
            Any = true;
            handler(term);
        }
    }

    /// <summary>Hands over what several parts make together.</summary>
    public void Whole(scoped ReadOnlySpan<char> term)
    {
        if (term.ContainsAnyExcept(Plain))
        {
            Exact(term);
        }
        else
        {
            Stem(term);
        }
    }

    /// <summary>Hands over a word, its apostrophes in place.</summary>
    public void Word(scoped ReadOnlySpan<char> word)
    {
        if (word.ContainsAnyExcept(PlainOrApostrophe))
        {
            WithoutApostrophes(word, stem: false);
            return;
        }

        if (EnglishStopWords.Contains(word))
        {
            if (keepStopWords)
            {
                WithoutApostrophes(word, stem: false);
            }
            else
            {
                Dropped = true;
            }

            return;
        }

        if (word.EndsWith("'s"))
        {
            word = word[..^2];
        }

        // "l'amour", "d'Artagnan", "O'Reilly": what follows is looked for alone too.
        var apostrophe = word.IndexOf('\'');
        if (apostrophe is 1 or 2 && word.Length - apostrophe > 3)
        {
            WithoutApostrophes(word[apostrophe..], stem: true);
        }

        WithoutApostrophes(word, stem: true);
    }

    private void WithoutApostrophes(scoped ReadOnlySpan<char> word, bool stem)
    {
        var length = 0;
        foreach (var character in word)
        {
            if (character != '\'')
            {
                _scratch[length++] = character;
            }
        }

        Exact(_scratch[..(stem ? EnglishStemmer.Stem(_scratch[..length]) : length)]);
    }

    private void Stem(scoped ReadOnlySpan<char> word)
    {
        word.CopyTo(_scratch);
        Exact(_scratch[..EnglishStemmer.Stem(_scratch[..word.Length])]);
    }
}
