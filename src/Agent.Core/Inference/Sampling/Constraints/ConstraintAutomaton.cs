namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>
/// An automaton over bytes that accepts the texts of a shape, or the calls of some tools; its states are made as they are met,
/// and each remembers which tokens may come next.
/// </summary>
/// <remarks>
/// Thread-safe: what is known is read without a lock, what is new is made under one. States and masks are bounded; beyond the
/// bounds what was not used lately is forgotten and made anew when needed.
/// </remarks>
internal sealed class ConstraintAutomaton
{
    private const int MostStates = 20_000;
    private const int MostReadings = 64;

    private readonly TokenVocabulary _vocabulary;
    private readonly int[] _endTokens;
    private readonly long _maskBudget;
    private readonly FrameStepper _stepper;
    private readonly Func<FrameStepper, ConstraintFrame> _begin;
    private readonly Lock _gate = new();
    private readonly Dictionary<ConstraintFrame, ConstraintFrame> _frames = [];
    private readonly Dictionary<ConstraintFrame, ConstraintState> _single = [];
    private readonly Dictionary<ConstraintFrame, List<ConstraintState>> _several = [];
    private readonly List<ConstraintFrame> _stepped = [];
    private readonly List<ConstraintState> _masked = [];
    private readonly ConstraintState _dead = new([]);
    private ConstraintState _start;
    private long _maskBytes;
    private long _clock;
    private int _severalCount;

    private ConstraintAutomaton(TokenVocabulary vocabulary, Func<FrameStepper, ConstraintFrame> begin, int[] endTokens, long maskBudget)
    {
        _vocabulary = vocabulary;
        _begin = begin;
        _endTokens = endTokens;
        _maskBudget = maskBudget;
        _stepper = new FrameStepper(Intern);
        _start = StateOf(_begin(_stepper));
    }

    /// <summary>Bytes of masks that an automaton keeps.</summary>
    /// <value>8 MiB.</value>
    public const long DefaultMaskBudget = 8 << 20;

    /// <summary>Where every text begins.</summary>
    public ConstraintState Start
    {
        get
        {
            lock (_gate)
            {
                return _start;
            }
        }
    }

    /// <summary>
    /// Bytes of the masks that are kept now, without the sets that all automata share. A set that several masks share counts for each, so this is
    /// never less than what they hold.
    /// </summary>
    public long MaskBytes
    {
        get
        {
            lock (_gate)
            {
                return _maskBytes;
            }
        }
    }

    /// <summary>States that are kept now.</summary>
    public int StateCount
    {
        get
        {
            lock (_gate)
            {
                return _single.Count + _severalCount;
            }
        }
    }

    /// <summary>An automaton of one JSON value; its end is a token that ends the turn.</summary>
    public static ConstraintAutomaton ForValue(TokenVocabulary vocabulary, JsonShape shape, long maskBudget = DefaultMaskBudget) =>
        new(vocabulary, stepper => stepper.Begin(shape), vocabulary.EndTokens, maskBudget);

    /// <summary>An automaton of one tool call, from behind its opening tag; its end is the closing tag.</summary>
    public static ConstraintAutomaton ForCall(TokenVocabulary vocabulary, CallForm call, int closeTag, long maskBudget = DefaultMaskBudget) =>
        new(vocabulary, stepper => stepper.Begin(call), [closeTag], maskBudget);

    /// <summary>The state behind a byte; a dead one where the byte cannot stand.</summary>
    public ConstraintState Next(ConstraintState state, byte b) =>
        state.Find(b) ?? (state.IsImpossible(b) ? _dead : Make(state, b));

    /// <summary>The state behind some bytes.</summary>
    public ConstraintState Next(ConstraintState state, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            state = Next(state, b);
        }

        return state;
    }

    /// <summary>The tokens that may come next.</summary>
    public TokenMask GetMask(ConstraintState state)
    {
        // First, so that a mask is not the oldest of all in the moment in which it is kept.
        state.LastUsed = ++_clock;
        var mask = state.Mask;
        if (mask is null)
        {
            mask = Compute(state);
            Keep(state, mask);
        }

        return mask;
    }

    /// <summary>The tokens that nearly always follow by the form of the text alone; none where there is a choice.</summary>
    public ReadOnlySpan<int> GetForeseen(ConstraintState state) => state.Foreseen ??= ForeseenText.TokensAfter(this, state, _vocabulary);

    /// <summary>The state of a text that is none.</summary>
    public ConstraintState Dead => _dead;

    /// <summary>The tag that alone can follow; null where the state is not that of a whole call.</summary>
    public int? CloseTagAfter(ConstraintState state) => state.IsComplete && state.Frames is [{ Kind: FrameKind.CallTail, Position: > 1 }] ? _endTokens[0] : null;

    /// <summary>The masks that are kept now. For tests.</summary>
    internal IReadOnlyList<TokenMask> KeptMasks()
    {
        lock (_gate)
        {
            return [.. _masked.Select(state => state.Mask!)];
        }
    }

    private TokenMask Compute(ConstraintState state)
    {
        var mask = state.Frames switch
        {
            [] => TokenMask.Of([], _vocabulary.Size),
            [var only] => new MaskBuilder(this, _vocabulary).Build(state, only),
            var several => several.Select(frame => GetMask(StateOf(frame))).Aggregate((a, b) => TokenMask.Union(a, b, _vocabulary.Size)),
        };
        return state.IsComplete ? TokenMask.Union(mask, TokenMask.Of(_endTokens, _vocabulary.Size), _vocabulary.Size) : mask;
    }

    private ConstraintState Make(ConstraintState state, byte b)
    {
        lock (_gate)
        {
            if (state.Find(b) is { } known)
            {
                return known;
            }

            _stepped.Clear();
            foreach (var frame in state.Frames)
            {
                _stepper.Step(frame, b, _stepped);
            }

            var next = _stepped switch
            {
                [] => _dead,
                [var only] => StateOf(only),
                _ => StateOf([.. _stepped.Distinct().Take(MostReadings)]),
            };
            state.Add(b, next);
            return next;
        }
    }

    private ConstraintFrame Intern(ConstraintFrame frame)
    {
        if (_frames.TryGetValue(frame, out var known))
        {
            return known;
        }

        _frames.Add(frame, frame);
        return frame;
    }

    /// <summary>The state of a single reading.</summary>
    public ConstraintState StateOf(ConstraintFrame frame)
    {
        lock (_gate)
        {
            if (!_single.TryGetValue(frame, out var state))
            {
                ForgetStates();
                state = new ConstraintState([frame]);
                _single.Add(frame, state);
            }

            return state;
        }
    }

    private ConstraintState StateOf(ConstraintFrame[] frames)
    {
        if (frames.Length == 1)
        {
            return StateOf(frames[0]);
        }

        ForgetStates();
        var alike = _several.TryGetValue(frames[0], out var list) ? list : _several[frames[0]] = [];
        var state = alike.Find(s => s.Frames.AsSpan().SequenceEqual(frames));
        if (state is null)
        {
            state = new ConstraintState(frames);
            alike.Add(state);
            _severalCount++;
        }

        return state;
    }

    /// <summary>Begins a new generation of states; texts that are under way keep theirs until they end.</summary>
    private void ForgetStates()
    {
        if (_single.Count + _severalCount < MostStates && _frames.Count < 2 * MostStates)
        {
            return;
        }

        _frames.Clear();
        _single.Clear();
        _several.Clear();
        _severalCount = 0;
        ForgetMasks(0);
        _start = new ConstraintState([_begin(_stepper)]);
        _single.Add(_start.Frames[0], _start);
    }

    private void Keep(ConstraintState state, TokenMask mask)
    {
        lock (_gate)
        {
            if (state.Mask is not null)
            {
                return;
            }

            state.Mask = mask;
            _masked.Add(state);
            _maskBytes += mask.Bytes;
            if (_maskBytes > _maskBudget)
            {
                ForgetMasks(_maskBudget / 2);
            }
        }
    }

    /// <summary>Drops the masks that were not used for the longest time.</summary>
    private void ForgetMasks(long budget)
    {
        var bytes = 0L;
        var kept = new List<ConstraintState>();

        // Ordered by keys that are read once: other threads go on using masks meanwhile.
        foreach (var state in _masked.OrderByDescending(s => s.LastUsed))
        {
            bytes += state.Mask!.Bytes;
            if (bytes <= budget)
            {
                kept.Add(state);
            }
            else
            {
                state.Mask = null;
            }
        }

        _masked.Clear();
        _masked.AddRange(kept);
        _maskBytes = kept.Sum(s => (long)s.Mask!.Bytes);
    }
}
