using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>What can only follow: where one text alone goes on, its tokens need no model.</summary>
internal static class ForcedText
{
    private const int MostBytes = 512;

    /// <summary>The bytes that must follow a state; none where there is a choice or the text may end.</summary>
    public static byte[] BytesAfter(ConstraintAutomaton automaton, ConstraintState state)
    {
        var bytes = new List<byte>();
        while (bytes.Count < MostBytes && !state.IsComplete && OnlyByte(automaton, state) is { } only)
        {
            bytes.Add(only);
            state = automaton.Next(state, only);
        }

        // A character that is begun and has several ends is no text yet.
        while (!Utf8.IsValid(CollectionsMarshal.AsSpan(bytes)))
        {
            bytes.RemoveAt(bytes.Count - 1);
        }

        return [.. bytes];
    }

    /// <summary>
    /// The tokens that must follow a state, as the tokeniser would write them: only those that stay the same whatever follows.
    /// </summary>
    /// <remarks>
    /// The tokens before are given and are not cut anew; so the text is encoded by itself, from the place where the last token ended.
    /// A tokeniser may join the end of the forced text with what comes behind it. Therefore the text is encoded with every byte that
    /// may follow, each followed by letters, digits, blanks and punctuation in turn, and the tokens that all of them have in common stand.
    /// </remarks>
    public static int[] TokensAfter(ConstraintAutomaton automaton, ConstraintState state, ITokenizer tokenizer)
    {
        var bytes = BytesAfter(automaton, state);
        if (bytes.Length == 0)
        {
            return [];
        }

        var text = Encoding.UTF8.GetString(bytes);
        var common = new List<int>();
        tokenizer.Encode(text, common);
        var other = new List<int>();
        foreach (var tail in Tails(automaton, automaton.Next(state, bytes)))
        {
            other.Clear();
            tokenizer.Encode(text + tail, other);
            var same = CollectionsMarshal.AsSpan(common).CommonPrefixLength(CollectionsMarshal.AsSpan(other));
            common.RemoveRange(same, common.Count - same);
        }

        return [.. common];
    }

    private static IEnumerable<string> Tails(ConstraintAutomaton automaton, ConstraintState state)
    {
        string[] further = ["", "a", "ab", "abc1", "1", " a", " \"", "\"", "\": ", "\", ", "}", "\n", "_", ".", "é", "中"];
        for (var b = 0x09; b < 0x7F; b++)
        {
            if (!automaton.Next(state, (byte)b).IsDead)
            {
                foreach (var tail in further)
                {
                    yield return (char)b + tail;
                }
            }
        }

        if (!automaton.Next(state, 0xE4).IsDead)
        {
            yield return "中文";
            yield return "é";
        }
    }

    private static byte? OnlyByte(ConstraintAutomaton automaton, ConstraintState state)
    {
        byte? only = null;
        for (var b = 0; b < 256; b++)
        {
            if (!automaton.Next(state, (byte)b).IsDead)
            {
                if (only is not null)
                {
                    return null;
                }

                only = (byte)b;
            }
        }

        return only;
    }
}
