using System.Threading.Channels;
using Agent.Core.Inference.Drafting;
using Agent.Core.Inference.Sampling;

namespace Agent.Core.Inference.Scheduling;

/// <summary>
/// A request inside the engine. The engine thread owns everything but the few members that are marked as shared with the
/// reader.
/// </summary>
internal sealed class GenerationTask
{
    /// <summary>
    /// Tokens a reader may be behind. A slower reader pauses its own sequence and no other: the memory it holds stays
    /// bounded, and the engine never waits for it.
    /// </summary>
    public const int MaxUnread = 512;

    private readonly Channel<int> _output = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly TimeProvider _time;
    private long _admitted;
    private long _firstToken;
    private int[] _tokens;
    private int _unread;
    private int _delivered;
    private StopReason? _ended;
    private WaitingCount? _waiting;
    private int _isCounted;
    private volatile bool _cancelRequested;
    private volatile bool _stopRequested;
    private volatile bool _paused;

    public GenerationTask(ReadOnlySpan<int> prompt, int maxLength, Sampler sampler, TimeProvider time)
    {
        _tokens = new int[Math.Min(maxLength, prompt.Length + 256)];
        prompt.CopyTo(_tokens);
        Count = PromptLength = _delivered = prompt.Length;
        MaxLength = maxLength;
        Sampler = sampler;
        _time = time;
        Submitted = time.GetTimestamp();
    }

    /// <summary>Prompt and generated tokens.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Number of <see cref="Tokens"/>.</summary>
    public int Count { get; private set; }

    /// <summary>How many of the tokens are the prompt.</summary>
    public int PromptLength { get; }

    /// <summary>Prompt and generated tokens may be this many together.</summary>
    public int MaxLength { get; }

    /// <summary>Chooses its tokens.</summary>
    public Sampler Sampler { get; }

    /// <summary>Shared: prompt tokens that were in the KV cache on admission.</summary>
    public int CachedTokens { get; private set; }

    /// <summary>Whether a token that ends the turn is taken for any other.</summary>
    public bool IgnoreEndOfGeneration { get; init; }

    /// <summary>
    /// Whether tokens may be tried ahead. How many are, depends on measured times, and steps of other sizes differ in the last digits of their
    /// logits, which a draw shows and the likeliest token hardly ever.
    /// </summary>
    public bool AllowsDrafts { get; init; } = true;

    /// <summary>How much it matters beside others.</summary>
    public RequestPriority Priority { get; init; } = RequestPriority.Normal;

    /// <summary>Only tasks of the same salt share what is in the KV cache.</summary>
    public string CacheSalt { get; init; } = string.Empty;

    /// <summary>How many first tokens of the prompt are to stay in the KV cache.</summary>
    public int PinnedTokens { get; init; }

    /// <summary>What is foreseen of it; null before it was first looked at.</summary>
    public TaskDraft? Draft { get; set; }

    /// <summary>Tokens of <see cref="Draft"/> that came true so far.</summary>
    public int AcceptedTokens { get; set; }

    /// <summary>Times a step with this task failed.</summary>
    public int Failures { get; set; }

    /// <summary>Times it gave its sequence up for another task.</summary>
    public int Preemptions { get; set; }

    /// <summary>Its place by priority and length, 0 the best; set by the queue.</summary>
    public int Rank { get; set; }

    /// <summary>The timestamp by which it is ordered; set by the queue.</summary>
    public long Due { get; set; }

    /// <summary>Which task it is, in order of submission; set by the queue.</summary>
    public long Order { get; set; }

    /// <summary>The prefix it waits for.</summary>
    public AwaitedPrefix? Awaited { get; set; }

    /// <summary>Timestamp of its submission.</summary>
    public long Submitted { get; }

    /// <summary>Time since its submission.</summary>
    public TimeSpan Age => _time.GetElapsedTime(Submitted);

    /// <summary>Shared: set by the reader.</summary>
    public bool CancelRequested => _cancelRequested;

    /// <summary>Shared: set by a reader that has all it wants.</summary>
    public bool StopRequested => _stopRequested;

    /// <summary>Shared: the tokens, and at their end the outcome.</summary>
    public ChannelReader<int> Output => _output.Reader;

    /// <summary>Shared: what it took, once it has ended well.</summary>
    public GenerationStatistics? Statistics { get; private set; }

    /// <summary>Whether the reader is so far behind that the sequence must rest.</summary>
    public bool CheckPaused() => CheckPaused(MaxUnread);

    /// <summary>Whether the reader is too far behind for a sequence to be worth it: what was given up is not computed anew for one token.</summary>
    public bool CheckStillBehind() => CheckPaused(MaxUnread / 2);

    /// <summary>Asks the engine to drop it; safe on any thread.</summary>
    public void RequestCancel() => _cancelRequested = true;

    /// <summary>Asks the engine to end it well, as it is; safe on any thread.</summary>
    public void RequestStop() => _stopRequested = true;

    /// <summary>Notes that the reader took a token; safe on the reader's thread.</summary>
    /// <returns>Whether the engine should be woken, because it had paused this task.</returns>
    public bool OnTokenRead() => Interlocked.Decrement(ref _unread) < MaxUnread / 2 && _paused;

    /// <summary>A timestamp so much after its submission.</summary>
    public long SubmittedPlus(TimeSpan time) => Submitted + (long)(time.TotalSeconds * _time.TimestampFrequency);

    /// <summary>Counts it among the tasks that wait, until it has a sequence or ends; once, before it is queued.</summary>
    /// <returns>False if too many wait.</returns>
    public bool TryWait(WaitingCount waiting, int limit)
    {
        if (!waiting.TryAdd(limit))
        {
            return false;
        }

        (_waiting, _isCounted) = (waiting, 1);
        return true;
    }

    /// <summary>Notes that it waits for a sequence; a task that gave one up waits again.</summary>
    public void Wait()
    {
        if (Interlocked.Exchange(ref _isCounted, 1) == 0)
        {
            _waiting?.Add();
        }
    }

    /// <summary>Notes that it has a sequence.</summary>
    public void Admit(int cachedTokens)
    {
        LeaveQueue();
        Awaited = null;

        // A task that is admitted anew keeps what its first admission found.
        if (_admitted == 0)
        {
            CachedTokens = cachedTokens;
            _admitted = _time.GetTimestamp();
        }
    }

    /// <summary>Appends a generated token; <see cref="Deliver"/> hands it to the reader.</summary>
    public void Append(int token)
    {
        if (Count == _tokens.Length)
        {
            Array.Resize(ref _tokens, Math.Min(MaxLength, Count * 2));
        }

        _tokens[Count++] = token;
        MarkFirstToken();
    }

    /// <summary>Puts the tokens that are tried behind its own, for <see cref="TokensWithDraft"/>.</summary>
    public void StageDraft()
    {
        var drafted = Draft!.Tokens;
        if (Count + drafted.Length > _tokens.Length)
        {
            Array.Resize(ref _tokens, Math.Min(MaxLength, Math.Max(Count + drafted.Length, Count * 2)));
        }

        drafted.CopyTo(_tokens.AsSpan(Count));
    }

    /// <summary>Its tokens and the first of those that are tried.</summary>
    public ReadOnlySpan<int> TokensWithDraft(int drafted) => _tokens.AsSpan(0, Count + drafted);

    /// <summary>Notes that it has ended well; <see cref="Deliver"/> tells the reader.</summary>
    public void Finish(StopReason reason)
    {
        LeaveQueue();
        MarkFirstToken();
        _admitted = _admitted == 0 ? _firstToken : _admitted;
        _ended = reason;
        var ending = reason == StopReason.EndOfGeneration ? 1 : 0;
        Statistics = new GenerationStatistics
        {
            Reason = reason,
            PromptTokens = PromptLength,
            CachedTokens = CachedTokens,
            CompletionTokens = Count - PromptLength + ending,
            Preemptions = Preemptions,
            DraftTokens = AcceptedTokens,
            QueueTime = _time.GetElapsedTime(Submitted, _admitted),
            PrefillTime = _time.GetElapsedTime(_admitted, _firstToken),
            DecodeTime = _time.GetElapsedTime(_firstToken),
        };
    }

    /// <summary>Hands what is new to the reader: tokens, and the end.</summary>
    public void Deliver()
    {
        for (; _delivered < Count; _delivered++)
        {
            Interlocked.Increment(ref _unread);
            _output.Writer.TryWrite(_tokens[_delivered]);
        }

        if (_ended is not null)
        {
            _output.Writer.TryComplete();
        }
    }

    /// <summary>Ends it with an error for its reader, after the tokens that it has.</summary>
    public void Fail(Exception error)
    {
        LeaveQueue();
        Deliver();
        _output.Writer.TryComplete(error);
    }

    private bool CheckPaused(int limit)
    {
        if (Volatile.Read(ref _unread) < limit)
        {
            _paused = false;
            return false;
        }

        // A reader that caught up before it could see the mark will wake nobody, so look again after setting it.
        _paused = true;
        Interlocked.MemoryBarrier();
        return _paused = Volatile.Read(ref _unread) >= limit;
    }

    private void LeaveQueue()
    {
        if (Interlocked.Exchange(ref _isCounted, 0) == 1)
        {
            _waiting?.Remove();
        }
    }

    private void MarkFirstToken()
    {
        if (_firstToken == 0)
        {
            _firstToken = _time.GetTimestamp();
        }
    }
}
