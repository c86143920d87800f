using System.Diagnostics.CodeAnalysis;
using System.Text;
using Agent.Core.Inference;
using Agent.Host.Terminal;

namespace Agent.Host.Benchmarks.Loads;

/// <summary>Prompts of exact lengths, drawn from a vocabulary without its added tokens.</summary>
/// <remarks>Nothing of the vocabulary is used after the construction, so the model may be gone by then. Thread-safe.</remarks>
internal sealed class PromptSource
{
    private const int FewestWords = 64;
    private const int MostWords = 4096;
    private readonly int[] _tokens;
    private readonly string[] _words;
    private readonly int _seed;

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="seed">The same seed gives the same prompts.</param>
    /// <exception cref="UsageException">Its tokens are no words.</exception>
    public PromptSource(ITokenizer tokenizer, int seed)
    {
        _seed = seed;
        var added = tokenizer.AddedTokens.Select(token => token.Id).ToHashSet();
        _tokens = [.. Enumerable.Range(0, tokenizer.VocabularySize)
            .Where(token => !added.Contains(token) && !tokenizer.IsEndOfGeneration(token) && !tokenizer.GetBytes(token).IsEmpty)];
        _words = [.. _tokens.Where(token => IsWord(tokenizer.GetBytes(token))).Select(token => (Token: token, Text: Encoding.ASCII.GetString(tokenizer.GetBytes(token))))
            .Where(word => IsOneToken(tokenizer, word.Token, word.Text)).Select(word => word.Text).Take(MostWords)];
        if (_words.Length < FewestWords)
        {
            throw new UsageException($"The model's vocabulary has {_words.Length} tokens that are words of their own, too few for prompts. Name another model with --model or --vocab.");
        }
    }

    /// <summary>The numbers of draws that share nothing with each other.</summary>
    /// <param name="purpose">What they are for.</param>
    /// <param name="run">The run's number.</param>
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Loads must be repeatable; nothing here is a secret.")]
    public Random Random(int purpose, int run) => new(unchecked((_seed * 1_000_003) + (run * 10_007) + purpose));

    /// <summary>Prompts in token ids. No two begin with the same token, so that none finds anything of another in a cache.</summary>
    /// <param name="count">How many, at most as the vocabulary has tokens.</param>
    /// <param name="length">Tokens of each.</param>
    /// <param name="random">Source of the draws.</param>
    public IReadOnlyList<int[]> Prompts(int count, int length, Random random) => Prompts([.. Enumerable.Repeat(length, count)], random);

    /// <summary>Prompts of these numbers of tokens. No two begin with the same token.</summary>
    /// <param name="lengths">Tokens of each; at most as many prompts as the vocabulary has tokens.</param>
    /// <param name="random">Source of the draws.</param>
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Loads must be repeatable; nothing here is a secret.")]
    public IReadOnlyList<int[]> Prompts(IReadOnlyList<int> lengths, Random random)
    {
        var firsts = new HashSet<int>();
        var prompts = new int[lengths.Count][];
        for (var i = 0; i < prompts.Length; i++)
        {
            var prompt = new int[lengths[i]];
            foreach (ref var token in prompt.AsSpan())
            {
                token = _tokens[random.Next(_tokens.Length)];
            }

            while (!firsts.Add(prompt[0]))
            {
                prompt[0] = _tokens[random.Next(_tokens.Length)];
            }

            prompts[i] = prompt;
        }

        return prompts;
    }

    /// <summary>Text of words, each one token, with a space before each: it has this many tokens wherever it stands alone or after a line break.</summary>
    /// <param name="tokens">How many.</param>
    /// <param name="random">Source of the draws.</param>
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Loads must be repeatable; nothing here is a secret.")]
    public string Text(int tokens, Random random)
    {
        var text = new StringBuilder(tokens * 8);
        for (var i = 0; i < tokens; i++)
        {
            text.Append(_words[random.Next(_words.Length)]);
        }

        return text.ToString();
    }

    private static bool IsWord(ReadOnlySpan<byte> bytes) => bytes.Length is >= 3 and <= 16 && bytes[0] == ' ' && !bytes[1..].ContainsAnyExceptInRange((byte)'a', (byte)'z');

    private static bool IsOneToken(ITokenizer tokenizer, int token, string text)
    {
        var ids = new List<int>();
        tokenizer.Encode(text, ids);
        return ids.Count == 1 && ids[0] == token;
    }
}
