namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>Everything that a half-written text may be, with what is known by now of where it leads.</summary>
/// <remarks>Read without a lock; the automaton writes under its own.</remarks>
internal sealed class ConstraintState(ConstraintFrame[] frames)
{
    private readonly ulong[] _impossible = new ulong[4];
    private Transitions _next = new(4);

    /// <summary>The ways in which the text can be read; none where no text begins so.</summary>
    public ConstraintFrame[] Frames { get; } = frames;

    /// <summary>Whether no text begins so.</summary>
    public bool IsDead => Frames.Length == 0;

    /// <summary>Whether the text is complete.</summary>
    public bool IsComplete { get; } = Array.Exists(frames, FrameStepper.IsComplete);

    /// <summary>The mask, while it is cached.</summary>
    public TokenMask? Mask { get; set; }

    /// <summary>The tokens that are foreseen, once they were asked for.</summary>
    public int[]? Foreseen { get; set; }

    /// <summary>When the mask was last used, in the automaton's own count.</summary>
    public long LastUsed { get; set; }

    /// <summary>Whether a byte is known to be impossible.</summary>
    public bool IsImpossible(byte b) => (Volatile.Read(ref _impossible[b >> 6]) >> b & 1) != 0;

    /// <summary>The state behind a byte, if it is known.</summary>
    public ConstraintState? Find(byte b) => Volatile.Read(ref _next).Find(b);

    /// <summary>Notes where a byte leads; under the automaton's lock.</summary>
    public void Add(byte b, ConstraintState next)
    {
        if (next.IsDead)
        {
            Volatile.Write(ref _impossible[b >> 6], _impossible[b >> 6] | (1UL << b));
        }
        else if (!_next.TryAdd(b, next))
        {
            var larger = _next.Grow();
            larger.TryAdd(b, next);
            Volatile.Write(ref _next, larger);
        }
    }

    /// <summary>An array that only grows at its end, so that readers need no lock.</summary>
    private sealed class Transitions(int capacity)
    {
        private readonly byte[] _labels = new byte[capacity];
        private readonly ConstraintState[] _states = new ConstraintState[capacity];
        private int _count;

        public ConstraintState? Find(byte b)
        {
            var at = _labels.AsSpan(0, Volatile.Read(ref _count)).IndexOf(b);
            return at < 0 ? null : _states[at];
        }

        public bool TryAdd(byte b, ConstraintState next)
        {
            if (_count == _labels.Length)
            {
                return false;
            }

            _labels[_count] = b;
            _states[_count] = next;
            Volatile.Write(ref _count, _count + 1);
            return true;
        }

        public Transitions Grow()
        {
            var larger = new Transitions(_labels.Length * 4) { _count = _count };
            _labels.CopyTo(larger._labels, 0);
            _states.CopyTo(larger._states, 0);
            return larger;
        }
    }
}
