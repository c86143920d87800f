using System.Text;
using Agent.Core.Chat.Prompting;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling.Constraints;

namespace Agent.Core.Tests.Chat.Constraints;

/// <summary>Ways through an automaton: random tokens, a short way to the end, the tokens of a text.</summary>
internal sealed class ConstraintWalk(ConstraintAutomaton automaton, ITokenizer tokenizer)
{
    /// <summary>Writes random allowed tokens, and after <paramref name="most"/> of them what ends the text soonest.</summary>
    public string Random(Random random, int most)
    {
        var bytes = new List<byte>();
        var state = automaton.Start;
        for (var i = 0; i < most; i++)
        {
            var mask = automaton.GetMask(state);
            Assert.False(mask.IsEmpty, $"nothing may follow {Encoding.UTF8.GetString([.. bytes])}");
            if (state.IsComplete && random.Next(2) == 0)
            {
                return Encoding.UTF8.GetString([.. bytes]);
            }

            var token = Pick(mask, random);
            var piece = tokenizer.GetBytes(token);
            if (piece.IsEmpty || tokenizer.AddedTokens.Any(a => a.Id == token))
            {
                Assert.True(state.IsComplete);
                return Encoding.UTF8.GetString([.. bytes]);
            }

            state = automaton.Next(state, piece);
            Assert.False(state.IsDead, $"{Encoding.UTF8.GetString(piece)} was allowed after {Encoding.UTF8.GetString([.. bytes])}");
            bytes.AddRange(piece);
        }

        bytes.AddRange(ShortestEnd(state));
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>Bytes that end the text from any state; fails where there are none.</summary>
    public byte[] ShortestEnd(ConstraintState state)
    {
        var seen = new HashSet<ConstraintState>();
        var path = new Stack<(ConstraintState State, Queue<byte> Left)>();
        path.Push((state, Order(state)));
        var bytes = new List<byte>();
        for (var steps = 0; path.TryPeek(out var top); steps++)
        {
            Assert.True(steps < 200_000, "no end was found");
            if (top.State.IsComplete)
            {
                return [.. bytes];
            }

            if (!top.Left.TryDequeue(out var b))
            {
                path.Pop();
                bytes.RemoveRange(Math.Max(0, bytes.Count - 1), Math.Min(1, bytes.Count));
                continue;
            }

            var next = automaton.Next(top.State, b);
            if (!next.IsDead && seen.Add(next))
            {
                bytes.Add(b);
                path.Push((next, Order(next)));
            }
        }

        Assert.Fail("a state was reached that has no end");
        return [];
    }

    /// <summary>Takes the tokens of a text one by one and says which of them was not allowed; null where all were.</summary>
    public string? Refused(string text)
    {
        var tokens = new List<int>();
        new PromptEncoder(tokenizer).Encode([new PromptSegment(text, IsTrusted: false)], tokens);
        var state = automaton.Start;
        foreach (var token in tokens)
        {
            if (!automaton.GetMask(state).Allows(token))
            {
                return $"'{Encoding.UTF8.GetString(tokenizer.GetBytes(token))}' ({token}) in {text}";
            }

            state = automaton.Next(state, tokenizer.GetBytes(token));
        }

        return state.IsComplete ? null : $"the end of {text}";
    }

    // In strings the quotation mark, in names the way to one that is required, elsewhere first what closes.
    private static Queue<byte> Order(ConstraintState state)
    {
        var first = state.Frames switch
        {
            [{ Kind: FrameKind.String }, ..] => "\"",
            [{ Kind: FrameKind.Name } frame, ..] => ToRequired(frame) + "\"",
            _ => "}]tfn0123456789\"[{:,",
        };
        return new(first.Select(c => (byte)c).Concat(Enumerable.Range(0, 256).Select(i => (byte)i)).Distinct());
    }

    private static string ToRequired(ConstraintFrame frame)
    {
        var form = (ObjectForm)frame.Form!;
        var required = form.NamesLeft(frame.Seen, int.MaxValue / 2, FrameStepper.MostDepth);
        return frame.Position < 0 || (form.Names.Value(frame.Position) is >= 0 and var name && (required >> name & 1) != 0)
            ? ""
            : string.Concat(Enumerable.Range(0, 256).Where(b => form.Names.Child(frame.Position, (byte)b) is >= 0 and var child && (form.Names.Below(child) & required) != 0).Select(b => (char)b));
    }

    private int Pick(TokenMask mask, Random random)
    {
        if (mask.Tokens.Length > 0 && (mask.IsSparse || random.Next(3) == 0))
        {
            return mask.Tokens[random.Next(mask.Tokens.Length)];
        }

        for (var tries = 0; tries < 10_000; tries++)
        {
            var token = random.Next(tokenizer.VocabularySize);
            if (mask.Allows(token))
            {
                return token;
            }
        }

        return mask.Tokens[0];
    }
}
