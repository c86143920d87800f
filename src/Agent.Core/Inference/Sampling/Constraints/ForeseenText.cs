using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>
/// What nearly always follows a half-written text by its form alone: the rest of a name, the keys and brackets of a call. Where one
/// byte alone can go on but for blanks, blanks are taken as Python's <c>json.dumps</c> writes them, for so models of this family do.
/// </summary>
/// <remarks>
/// It is a guess, which the engine tries and checks (jump-forward decoding, with the model's consent). So it need not be certain, and
/// the tokeniser's way of writing it need not be the model's.
/// </remarks>
internal static class ForeseenText
{
    /// <summary>Most bytes that are foreseen: some forty tokens.</summary>
    public const int MostBytes = 128;

    /// <summary>The bytes that will follow a state; none where there is a choice.</summary>
    /// <param name="automaton">The automaton of the state.</param>
    /// <param name="state">What stands before.</param>
    /// <param name="end">The state behind the bytes.</param>
    public static byte[] BytesAfter(ConstraintAutomaton automaton, ConstraintState state, out ConstraintState end)
    {
        var bytes = new List<byte>();
        while (bytes.Count < MostBytes && Successor(automaton, state) is { } next)
        {
            bytes.Add(next);
            state = automaton.Next(state, next);
        }

        // A character that is begun and has several ends is no text yet; a space may be one token with what follows it.
        var whole = bytes.Count;
        while (!Utf8.IsValid(CollectionsMarshal.AsSpan(bytes)[..whole]) || (whole > 0 && bytes[whole - 1] == ' '))
        {
            whole--;
        }

        end = whole == bytes.Count ? state : automaton.Dead;
        return [.. bytes[..whole]];
    }

    /// <summary>The tokens that will follow a state.</summary>
    public static int[] TokensAfter(ConstraintAutomaton automaton, ConstraintState state, TokenVocabulary vocabulary)
    {
        var tokens = new List<int>();
        var bytes = BytesAfter(automaton, state, out var end);
        if (bytes.Length > 0)
        {
            vocabulary.Encode(Encoding.UTF8.GetString(bytes), tokens);
        }

        if (automaton.CloseTagAfter(end) is { } last)
        {
            tokens.Add(last);
        }

        return [.. tokens];
    }

    private static byte? Successor(ConstraintAutomaton automaton, ConstraintState state)
    {
        if (state.Frames.Length > 0 && Array.TrueForAll(state.Frames, FrameStepper.ExpectsSpace))
        {
            return (byte)' ';
        }

        byte? only = null;
        for (var b = 0; b < 256; b++)
        {
            if (!automaton.Next(state, (byte)b).IsDead && (b is not (' ' or '\n' or '\t') || TakesBlanks(state)))
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

    /// <summary>Whether a blank stands for itself, as inside a name, and not for a matter of taste between two parts.</summary>
    private static bool TakesBlanks(ConstraintState state) =>
        !Array.Exists(state.Frames, static frame => frame.Kind is FrameKind.Value or FrameKind.Object or FrameKind.Array or FrameKind.Number);
}
