using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;

namespace Agent.Core.Chat.Prompting;

/// <summary>Turns the segments of a prompt into token ids, so that only template text yields added tokens.</summary>
/// <remarks>
/// <para>
/// The literal of an added token becomes its id only where it lies wholly inside one trusted segment. Everywhere else,
/// also across the border of two segments, the text is cut after the literal's first character, and the two sides are
/// encoded apart: the bytes stay the same, the token does not arise.
/// </para>
/// <para>
/// Text between cuts and ids is encoded in one run, whatever the borders of segments in it, so that a prompt without
/// hostile literals has the very ids that its text as a whole would have. Unpaired surrogates become U+FFFD. Work is
/// linear in the length of the prompt. Runs that came lately are known (<see cref="EncodedRuns"/>). Thread-safe.
/// </para>
/// </remarks>
internal sealed class PromptEncoder
{
    private readonly ITokenizer _tokenizer;
    private readonly AddedTokenTable _added;
    private readonly EncodedRuns _known = new();

    /// <exception cref="ArgumentException">
    /// The vocabulary has a user-defined token of a single character, which cannot be isolated.
    /// </exception>
    public PromptEncoder(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _added = new AddedTokenTable(tokenizer.AddedTokens);
    }

    /// <summary>Encodes a prompt.</summary>
    /// <exception cref="PromptIsolationException">The tokeniser made an added token out of plain text.</exception>
    public List<int> Encode(IReadOnlyList<PromptSegment> segments)
    {
        var ids = new List<int>();
        Encode(segments, ids);
        return ids;
    }

    /// <summary>Encodes a prompt.</summary>
    /// <param name="segments">The prompt in pieces.</param>
    /// <param name="destination">Receives the ids after those it already holds; unchanged when this throws.</param>
    /// <exception cref="PromptIsolationException">The tokeniser made an added token out of plain text.</exception>
    public void Encode(IReadOnlyList<PromptSegment> segments, List<int> destination) => Encode(segments, destination, salt: string.Empty, out _);

    /// <summary>Encodes a prompt and tells how much of it is the system part.</summary>
    /// <param name="segments">The prompt in pieces.</param>
    /// <param name="destination">Receives the ids after those it already holds; unchanged when this throws.</param>
    /// <param name="salt">Whose prompt it is: only prompts of the same salt are faster where they share text.</param>
    /// <param name="systemIds">
    /// How many of the new ids stand for the text up to the end of the system part (<see cref="PromptSegment.SystemEnd"/>) and for nothing behind
    /// it; 0 where no piece has it. What follows does not change them: they end where the text is cut or an added token stands.
    /// </param>
    /// <exception cref="PromptIsolationException">The tokeniser made an added token out of plain text.</exception>
    public void Encode(IReadOnlyList<PromptSegment> segments, List<int> destination, string salt, out int systemIds)
    {
        ArgumentNullException.ThrowIfNull(segments);
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(salt);

        var length = 0;
        var systemEnd = 0;
        for (var i = 0; i < segments.Count; i++)
        {
            systemEnd = segments[i].SystemEnd is { } end ? length + end : systemEnd;
            length = checked(length + segments[i].Text.Length);
        }

        var before = destination.Count;
        var buffer = ArrayPool<char>.Shared.Rent(length);
        try
        {
            var text = buffer.AsSpan(0, length);
            var at = 0;
            for (var i = 0; i < segments.Count; i++)
            {
                segments[i].Text.CopyTo(text[at..]);
                at += segments[i].Text.Length;
            }

            ReplaceUnpairedSurrogates(text);
            systemIds = Encode(segments, text, systemEnd, destination, salt) - before;
        }
        catch
        {
            CollectionsMarshal.SetCount(destination, before);
            throw;
        }
        finally
        {
            // The next user of the buffer has no business with this prompt.
            ArrayPool<char>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <returns>Number of ids in the destination at the last cut up to the end of the system part.</returns>
    private int Encode(IReadOnlyList<PromptSegment> segments, ReadOnlySpan<char> text, int systemEnd, List<int> destination, string salt)
    {
        var systemCount = destination.Count;
        var segment = -1;
        var segmentEnd = 0;
        var runStart = 0;
        var at = 0;
        while (true)
        {
            var next = _added.IndexOfLiteral(text[at..]);
            if (next < 0)
            {
                break;
            }

            at += next;
            while (at >= segmentEnd)
            {
                segment++;
                segmentEnd += segments[segment].Text.Length;
            }

            var token = segments[segment].IsTrusted ? _added.LongestAtStart(text[at..segmentEnd]) : null;
            if (token is not null)
            {
                EncodeRun(text[runStart..at], destination, salt);
                systemCount = at <= systemEnd ? destination.Count : systemCount;
                destination.Add(token.Id);
                at += token.Text.Length;
            }
            else
            {
                at += char.IsHighSurrogate(text[at]) ? 2 : 1;
                EncodeRun(text[runStart..at], destination, salt);
            }

            systemCount = at <= systemEnd ? destination.Count : systemCount;
            runStart = at;
        }

        EncodeRun(text[runStart..], destination, salt);
        return text.Length <= systemEnd ? destination.Count : systemCount;
    }

    private void EncodeRun(ReadOnlySpan<char> run, List<int> destination, string salt)
    {
        if (run.Length < EncodedRuns.LeastLength)
        {
            EncodeAnew(run, destination);
            return;
        }

        var key = _known.KeyOf(salt, run);
        if (_known.TryGet(key, out var ids))
        {
            destination.AddRange(ids);
            return;
        }

        var before = destination.Count;
        EncodeAnew(run, destination);
        _known.Add(key, CollectionsMarshal.AsSpan(destination)[before..]);
    }

    private void EncodeAnew(ReadOnlySpan<char> run, List<int> destination)
    {
        if (run.IsEmpty)
        {
            return;
        }

        var before = destination.Count;
        _tokenizer.Encode(run, destination);
        foreach (var id in CollectionsMarshal.AsSpan(destination)[before..])
        {
            if (_added.IsAdded(id))
            {
                throw new PromptIsolationException(
                    $"The tokeniser made the added token {id} out of plain text, so the prompt was not used. "
                    + "Its list of added tokens does not match what it recognises; report this with the name of the model.");
            }
        }
    }

    private static void ReplaceUnpairedSurrogates(Span<char> text)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0)
            {
                return;
            }

            at += next;
            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            {
                at += 2;
            }
            else
            {
                text[at++] = (char)Rune.ReplacementChar.Value;
            }
        }
    }
}
