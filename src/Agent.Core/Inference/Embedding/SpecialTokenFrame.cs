using Agent.Core.Native;

namespace Agent.Core.Inference.Embedding;

/// <summary>The tokens that a model expects before and after every text, for example [CLS] and [SEP].</summary>
internal sealed record SpecialTokenFrame(int[] Before, int[] After)
{
    public int Length => Before.Length + After.Length;

    /// <summary>Finds them by what the vocabulary adds to a text.</summary>
    public static SpecialTokenFrame Of(NativeVocabulary vocabulary)
    {
        var bare = Tokenize(vocabulary, addSpecial: false);
        var framed = Tokenize(vocabulary, addSpecial: true);
        var start = framed.AsSpan().IndexOf(bare);
        return start < 0
            ? new SpecialTokenFrame([], [])
            : new SpecialTokenFrame(framed[..start], framed[(start + bare.Length)..]);
    }

    /// <summary>Puts them around a text, cutting it to what fits.</summary>
    /// <param name="text">The text's tokens.</param>
    /// <param name="most">Most tokens in all.</param>
    public int[] Around(List<int> text, int most) => [.. Before, .. text.Take(most - Length), .. After];

    private static int[] Tokenize(NativeVocabulary vocabulary, bool addSpecial)
    {
        var tokens = new int[16];
        var count = vocabulary.Tokenize("a"u8, tokens, addSpecial);
        return count <= 0 ? [] : tokens[..count];
    }
}
