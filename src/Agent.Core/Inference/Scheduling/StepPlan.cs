using Agent.Core.Inference.Drafting;
using Agent.Core.Native;

namespace Agent.Core.Inference.Scheduling;

/// <summary>How many tokens each sequence feeds in a step.</summary>
/// <remarks>Engine thread only.</remarks>
internal sealed class StepPlan
{
    private readonly IDecoderContext _context;
    private readonly SlotTable _slots;
    private readonly SchedulerOptions _options;
    private readonly StepPacer _pacer;
    private readonly DraftPlanner _drafts;
    private readonly GenerationTask[] _decoding;
    private readonly int[] _feed;
    private readonly bool[] _fills;
    private readonly int[] _order;
    private readonly double[] _urgency;
    private readonly Comparison<int> _mostUrgentFirst;
    private int _mostFillers;
    private bool _decodesOnly;

    public StepPlan(IDecoderContext context, SlotTable slots, SchedulerOptions options, Func<int, bool> isEndOfGeneration)
    {
        _pacer = new StepPacer(options);
        _drafts = new DraftPlanner(options, Math.Min(context.OutputCapacity, context.BatchCapacity), _pacer.DecodeSeconds, isEndOfGeneration);
        _decoding = new GenerationTask[context.MaxSequences];
        _context = context;
        _slots = slots;
        _options = options;
        _feed = new int[context.MaxSequences];
        _fills = new bool[context.MaxSequences];
        _order = new int[context.MaxSequences];
        _urgency = new double[context.MaxSequences];
        _mostUrgentFirst = (a, b) => (_urgency[a], a).CompareTo((_urgency[b], b));
        _mostFillers = options.MostFillers;
    }

    /// <summary>Sequences that get a token only to close a hole; it is taken back after the step.</summary>
    public int FillerCount { get; private set; }

    /// <summary>Sequences that feed the one token whose successor they are to get.</summary>
    public int DecodingCount { get; private set; }

    /// <summary>Tokens that each sequence of the step tries ahead of its last one.</summary>
    public int DraftCount { get; private set; }

    /// <summary>How many tokens of its task a sequence feeds.</summary>
    public int TokensOf(int sequence) => _feed[sequence];

    /// <summary>Whether a sequence closes a hole.</summary>
    public bool IsFiller(int sequence) => _fills[sequence];

    /// <summary>Closes no holes any more.</summary>
    public void LeaveHoles() => _mostFillers = 0;

    /// <summary>Decides anew.</summary>
    public void Make()
    {
        Array.Clear(_feed);
        Array.Clear(_fills);
        FillerCount = 0;
        DecodingCount = 0;
        DraftCount = 0;
        _decodesOnly = false;
        if (SuspectSlot() is { } suspect)
        {
            _feed[suspect.Id] = Math.Min(_slots.Waiting(suspect), _context.BatchCapacity);
            return;
        }

        var decoding = 0;
        var prefilling = 0;
        foreach (var slot in _slots.Slots)
        {
            if (slot.Task is not { } task)
            {
                continue;
            }

            if (_slots.Waiting(slot) > 1)
            {
                _order[prefilling++] = slot.Id;
            }
            else if (!task.CheckPaused())
            {
                _feed[slot.Id] = 1;
                _decoding[decoding++] = task;
            }
        }

        DecodingCount = decoding;
        _decodesOnly = prefilling == 0;
        if (prefilling > 0)
        {
            FeedPrompts(InOrder(_order.AsSpan(0, prefilling)), decoding);
        }

        if (decoding > 1 && _mostFillers > 0)
        {
            CloseHoles();
        }

        if (prefilling == 0 && FillerCount == 0)
        {
            DraftCount = _drafts.Plan(_decoding.AsSpan(0, decoding));
        }
    }

    /// <summary>How long the whole step will take, if that is known.</summary>
    public TimeSpan Expected => TimeSpan.FromSeconds(_decodesOnly ? _pacer.DecodeSeconds(DecodingCount * (1 + DraftCount)) : 0);

    /// <summary>Takes what the step took, for the next ones to be as long as they may be.</summary>
    public void Observe(int promptTokens, TimeSpan elapsed) => _pacer.Observe(DecodingCount * (1 + DraftCount), promptTokens, elapsed);

    /// <summary>
    /// Whole prompts first, in order. llama.cpp computes several sequences at once as far as the shortest of them goes and the rest in
    /// further passes, so a small part of another prompt is not worth its pass.
    /// </summary>
    private void FeedPrompts(ReadOnlySpan<int> order, int decoding)
    {
        var (shortPrompts, shortTokens) = (0, 0);
        foreach (var id in order)
        {
            if (Waiting(id) <= _options.ShortTokens)
            {
                shortPrompts++;
                shortTokens += Waiting(id);
            }
        }

        var budget = _context.BatchCapacity - decoding;
        budget = Math.Min(budget, decoding > 0 ? _pacer.PromptTokens(decoding, order.Length, shortPrompts) : budget);
        budget = Math.Min(budget, order.Length > 1 ? Math.Max(_options.PrefillTokensOfSeveral, shortTokens / _options.StepsOfShortPrompts) : budget);
        var fed = false;
        foreach (var id in order)
        {
            var feed = Math.Min(budget, Waiting(id));
            if (fed && feed < Waiting(id) && feed < _options.LeastPartBesideWhole)
            {
                continue;
            }

            _feed[id] = feed;
            budget -= feed;
            fed = true;
        }
    }

    /// <summary>
    /// llama.cpp computes rows of several sequences at once only where their ids follow on each other: a hole between two costs a pass over
    /// all weights. A row in the hole costs far less: the next token of a prompt that waits, or a token that is taken back after the step.
    /// </summary>
    private void CloseHoles()
    {
        var room = _context.BatchCapacity;
        foreach (var count in _feed)
        {
            room -= count;
        }

        // Only between rows that decode: a long chunk has passes of its own.
        var last = -1;
        for (var id = 0; id < _feed.Length; id++)
        {
            if (_feed[id] == 0 || (last < 0 && Waiting(id) > 1))
            {
                continue;
            }

            var hole = id - last - 1;
            if (last >= 0 && hole > 0 && hole <= Math.Min(_mostFillers, room) && DecodesFrom(id))
            {
                room -= Close(last + 1, id);
            }

            last = id;
        }
    }

    private bool DecodesFrom(int first)
    {
        for (var id = first; id < _feed.Length; id++)
        {
            if (_feed[id] == 1 && Waiting(id) == 1)
            {
                return true;
            }
        }

        return false;
    }

    private int Close(int from, int to)
    {
        for (var id = from; id < to; id++)
        {
            if (_context.GetLength(id) >= _context.ContextPerSequence)
            {
                return 0;
            }
        }

        for (var id = from; id < to; id++)
        {
            if (!_slots.Slots[id].IsFree && Waiting(id) > 1)
            {
                _feed[id] = 1;
            }
            else
            {
                _fills[id] = true;
                FillerCount++;
            }
        }

        return to - from;
    }

    /// <summary>Shortest first: a short question does not wait behind a long document, and the document not for ever behind questions.</summary>
    private Span<int> InOrder(Span<int> prefilling)
    {
        if (prefilling.Length > 1)
        {
            foreach (var id in prefilling)
            {
                var task = _slots.Slots[id].Task!;
                _urgency[id] = Waiting(id) - (task.Age.TotalSeconds * _options.PrefillAgeing) - ((double)task.Priority * _options.MediumTokens);
            }

            prefilling.Sort(_mostUrgentFirst);
        }

        return prefilling;
    }

    /// <summary>After a failed step its tasks run one at a time, so that only the one that fails again is lost.</summary>
    private SequenceSlot? SuspectSlot()
    {
        foreach (var slot in _slots.Slots)
        {
            if (slot.Task is { Failures: > 0 })
            {
                return slot;
            }
        }

        return null;
    }

    private int Waiting(int id) => _slots.Waiting(_slots.Slots[id]);
}
