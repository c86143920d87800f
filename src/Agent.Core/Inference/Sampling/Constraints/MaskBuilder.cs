using System.Runtime.InteropServices;

namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>Finds the tokens that may come next after one reading of a text, by walking the vocabulary's trie beside the automaton.</summary>
/// <remarks>
/// Inside a string nearly every token is allowed, whatever stands around it: those are taken from the sets that the vocabulary
/// keeps, and only tokens that end the string are walked.
/// </remarks>
internal sealed class MaskBuilder(ConstraintAutomaton automaton, TokenVocabulary vocabulary)
{
    private readonly List<int> _found = [];
    private readonly FrameStepper _loose = new(static frame => frame);

    /// <summary>Builds the mask.</summary>
    /// <param name="state">The state of the reading alone.</param>
    /// <param name="frame">The reading.</param>
    public TokenMask Build(ConstraintState state, ConstraintFrame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.String:
                return InString(frame, (StringForm)frame.Form!);
            case FrameKind.Name when frame.Hash != 0:
                return InName(frame);
            default:
                Walk(vocabulary.Trie, 0, state);
                return TokenMask.Of(Sorted(), vocabulary.Size);
        }
    }

    private TokenMask InString(ConstraintFrame frame, StringForm form)
    {
        var tokens = vocabulary.OfValues(frame.Lexer);
        var room = form.Most is { } most ? most - frame.Count : int.MaxValue;

        // Whether the string may end is asked of each token below, so the walk begins behind it in any case.
        WalkClosing(tokens, 0, automaton.StateOf(frame.Parent!), form.Least - frame.Count, room);
        // A set for a string of limited length is one of thousands: the vocabulary keeps a few of them, masks the others.
        var inside = vocabulary.OfValues(frame.Lexer, room);
        return TokenMask.Over(inside, Sorted(), ownsBits: !ReferenceEquals(inside, tokens.Inside));
    }

    private void WalkClosing(StringTokens tokens, int node, ConstraintState state, int least, int room)
    {
        var trie = tokens.Closing;
        var (from, count) = trie.TokensAt(node).GetOffsetAndLength(trie.Tokens.Length);
        for (var i = from; i < from + count; i++)
        {
            if (tokens.ClosingCharacters[i] >= least && tokens.ClosingCharacters[i] <= room)
            {
                _found.Add(trie.Tokens[i]);
            }
        }

        for (var child = node + 1; child < trie.End(node); child = trie.End(child))
        {
            var next = automaton.Next(state, trie.Label(child));
            if (!next.IsDead)
            {
                WalkClosing(tokens, child, next, least, room);
            }
        }
    }

    private TokenMask InName(ConstraintFrame frame)
    {
        if (!IsFarFromLimit(frame))
        {
            WalkLoose(vocabulary.Trie, 0, [frame]);
            return TokenMask.Of(Sorted(), vocabulary.Size);
        }

        var tokens = vocabulary.OfNames(frame.Lexer);
        WalkName(tokens.ClosingWhole, 0, frame, (frame.Lexer, frame.Position, frame.Hash, frame.Length));
        return TokenMask.Over(tokens.Inside, Sorted());
    }

    private void Walk(TokenTrie trie, int node, ConstraintState state)
    {
        for (var child = node + 1; child < trie.End(node); child = trie.End(child))
        {
            var next = automaton.Next(state, trie.Label(child));
            if (next.IsDead)
            {
                continue;
            }

            _found.AddRange(trie.Tokens.AsSpan(trie.TokensAt(child)));
            switch (next.Frames)
            {
                case [{ Kind: FrameKind.String } frame]:
                    WalkString(trie, child, frame, frame.Lexer, frame.Count);
                    break;
                case [{ Kind: FrameKind.Name, Hash: not 0 } frame] when IsFarFromLimit(frame):
                    WalkName(trie, child, frame, (frame.Lexer, frame.Position, frame.Hash, frame.Length));
                    break;
                default:
                    Walk(trie, child, next);
                    break;
            }
        }
    }

    // In strings and names that may be any, thousands of tokens go on; their states are numbers here and are not kept.
    private void WalkString(TokenTrie trie, int node, ConstraintFrame frame, int lexer, int count)
    {
        var form = (StringForm)frame.Form!;
        for (var child = node + 1; child < trie.End(node); child = trie.End(child))
        {
            var next = StringLexer.OfValues.Next(lexer, trie.Label(child));
            var length = count + (lexer == StringLexer.Start && next >= 0 ? 1 : 0);
            if (next >= 0 && (form.Most is not { } most || length <= most))
            {
                _found.AddRange(trie.Tokens.AsSpan(trie.TokensAt(child)));
                WalkString(trie, child, frame, next, length);
            }
            else if (next == StringLexer.End && count >= form.Least)
            {
                _found.AddRange(trie.Tokens.AsSpan(trie.TokensAt(child)));
                Walk(trie, child, automaton.StateOf(frame.Parent!));
            }
        }
    }

    private void WalkName(TokenTrie trie, int node, ConstraintFrame frame, (int Lexer, int Position, ulong Hash, int Length) read)
    {
        var names = ((ObjectForm)frame.Form!).Names;
        for (var child = node + 1; child < trie.End(node); child = trie.End(child))
        {
            var b = trie.Label(child);
            var next = StringLexer.OfNames.Next(read.Lexer, b);
            if (next >= 0)
            {
                _found.AddRange(trie.Tokens.AsSpan(trie.TokensAt(child)));
                WalkName(trie, child, frame, (next, read.Position < 0 ? -1 : names.Child(read.Position, b), OtherNames.Extend(read.Hash, b), read.Length + 1));
            }
            else if (next == StringLexer.End)
            {
                var ended = new List<ConstraintFrame>();
                _loose.Step(frame with { Lexer = read.Lexer, Position = read.Position, Hash = read.Hash, Length = read.Length }, b, ended);
                if (ended.Count > 0)
                {
                    _found.AddRange(trie.Tokens.AsSpan(trie.TokensAt(child)));
                    WalkLoose(trie, child, ended);
                }
            }
        }
    }

    private bool IsFarFromLimit(ConstraintFrame frame) => frame.Length + vocabulary.LongestToken < ObjectForm.MostOtherBytes - 8;

    private void WalkLoose(TokenTrie trie, int node, List<ConstraintFrame> frames)
    {
        for (var child = node + 1; child < trie.End(node); child = trie.End(child))
        {
            var next = new List<ConstraintFrame>();
            foreach (var frame in frames)
            {
                _loose.Step(frame, trie.Label(child), next);
            }

            if (next.Count > 0)
            {
                _found.AddRange(trie.Tokens.AsSpan(trie.TokensAt(child)));
                WalkLoose(trie, child, next);
            }
        }
    }

    private ReadOnlySpan<int> Sorted()
    {
        _found.Sort();
        return CollectionsMarshal.AsSpan(_found);
    }
}
