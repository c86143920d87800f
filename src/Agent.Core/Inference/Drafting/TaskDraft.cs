namespace Agent.Core.Inference.Drafting;

/// <summary>What is foreseen of one request: the tokens that may come next, and how often such a guess was right.</summary>
/// <remarks>Engine thread only, but for the comparison of <see cref="Likely"/> with what is sampled.</remarks>
internal sealed class TaskDraft
{
    // By the length of the match; measured on answers from passages, and corrected by each request's own. Last, what the form demands.
    private static readonly double[] FirstGuess = [0.4, 0.55, 0.7, 0.85, 0.93, 0.97];
    private const int ByForm = 5;
    private const double Weight = 0.1;

    private readonly PromptLookup _lookup = new();
    private readonly double[] _rates = [.. FirstGuess];
    private readonly int[] _tokens;
    private int _match;
    private int _byForm;

    /// <summary>Starts without any knowledge.</summary>
    /// <param name="most">Most tokens to foresee.</param>
    public TaskDraft(int most) => _tokens = new int[most];

    /// <summary>What is tried: what may come next, and what fills it up.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>What is tried without what fills it up. No token of it ends a turn.</summary>
    public ReadOnlySpan<int> Likely => _tokens.AsSpan(0, Math.Min(Count, Foreseen));

    /// <summary>How many tokens are foreseen.</summary>
    public int Foreseen { get; private set; }

    /// <summary>How many tokens are to be tried in this step.</summary>
    public int Count { get; private set; }

    /// <summary>Looks up what may come next.</summary>
    /// <param name="text">Prompt and answer so far.</param>
    /// <param name="byForm">What will come by the form of the text; none where it says nothing. What stood after the same text before may go on from there.</param>
    /// <param name="ends">Whether a token ends the turn; nothing is foreseen from there on.</param>
    public void Foresee(ReadOnlySpan<int> text, ReadOnlySpan<int> byForm, Func<int, bool> ends)
    {
        Count = 0;
        Foreseen = 0;
        _byForm = 0;
        var place = _lookup.Find(text, out _match);
        if (place >= 0)
        {
            Foreseen = CopyFrom(text, place, ends);
        }

        var whole = 0;
        while (whole < Math.Min(byForm.Length, _tokens.Length) && !ends(byForm[whole]))
        {
            whole++;
        }

        byForm = byForm[..whole];
        var agree = Math.Min(byForm.Length, Foreseen);
        if (byForm.Length > 0 && !byForm[..agree].SequenceEqual(_tokens.AsSpan(0, agree)))
        {
            // The form is the better guide. Where it agrees with what stood before, that may go further.
            (Foreseen, agree) = (0, 0);
        }

        _byForm = byForm.Length;
        for (; agree < _byForm; agree++)
        {
            _tokens[agree] = byForm[agree];
        }

        Foreseen = Math.Max(Foreseen, _byForm);
    }

    /// <summary>How many of so many tokens will be right, on average.</summary>
    public double Expect(int count)
    {
        var (sum, all) = (0.0, 1.0);
        for (var i = 0; i < Math.Min(count, Foreseen); i++)
        {
            all *= _rates[Bucket(i)];
            sum += all;
        }

        return sum;
    }

    /// <summary>Decides how many tokens are tried. What is missing is filled with any token, for all sequences of a step must be of one length.</summary>
    public void Try(int count)
    {
        Array.Clear(_tokens, Math.Min(Foreseen, count), Math.Max(0, count - Foreseen));
        Count = count;
    }

    /// <summary>Learns from what came in truth. Nothing needs to have been tried for that.</summary>
    /// <param name="tokens">The tokens that came.</param>
    public void Learn(ReadOnlySpan<int> tokens)
    {
        for (var i = 0; i < Math.Min(tokens.Length, Foreseen); i++)
        {
            ref var rate = ref _rates[Bucket(i)];
            var right = tokens[i] == _tokens[i];
            rate += Weight * ((right ? 1 : 0) - rate);
            if (!right)
            {
                break;
            }
        }

        Foreseen = Count = 0;
    }

    private int CopyFrom(ReadOnlySpan<int> text, int place, Func<int, bool> ends)
    {
        for (var i = 0; i < _tokens.Length; i++)
        {
            // Behind the end of the text stands what is foreseen: a match with itself goes on and on.
            var at = place + i;
            var token = at < text.Length ? text[at] : _tokens[at - text.Length];
            if (ends(token))
            {
                return i;
            }

            _tokens[i] = token;
        }

        return _tokens.Length;
    }

    /// <summary>Which rate holds for a foreseen token.</summary>
    private int Bucket(int index) => index < _byForm ? ByForm : (_match + index) switch
    {
        <= 3 => 0,
        <= 5 => 1,
        <= 8 => 2,
        <= 16 => 3,
        _ => 4,
    };
}
