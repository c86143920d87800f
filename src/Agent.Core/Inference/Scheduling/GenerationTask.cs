using System.Threading.Channels;
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
    private readonly long _submitted;
    private long _admitted;
    private long _firstToken;
    private int[] _tokens;
    private int _unread;
    private int _delivered;
    private StopReason? _ended;
    private volatile bool _cancelRequested;
    private volatile bool _paused;

    public GenerationTask(ReadOnlySpan<int> prompt, int maxLength, Sampler sampler, TimeProvider time)
    {
        _tokens = new int[Math.Min(maxLength, prompt.Length + 256)];
        prompt.CopyTo(_tokens);
        Count = PromptLength = _delivered = prompt.Length;
        MaxLength = maxLength;
        Sampler = sampler;
        _time = time;
        _submitted = time.GetTimestamp();
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

    /// <summary>Times a step with this task failed.</summary>
    public int Failures { get; set; }

    /// <summary>Shared: set by the reader.</summary>
    public bool CancelRequested => _cancelRequested;

    /// <summary>Shared: the tokens, and at their end the outcome.</summary>
    public ChannelReader<int> Output => _output.Reader;

    /// <summary>Shared: what it took, once it has ended well.</summary>
    public GenerationStatistics? Statistics { get; private set; }

    /// <summary>Whether the reader is so far behind that the sequence must rest.</summary>
    public bool CheckPaused()
    {
        if (Volatile.Read(ref _unread) < MaxUnread)
        {
            _paused = false;
            return false;
        }

        // A reader that caught up before it could see the mark will wake nobody, so look again after setting it.
        _paused = true;
        Interlocked.MemoryBarrier();
        return _paused = Volatile.Read(ref _unread) >= MaxUnread;
    }

    /// <summary>Asks the engine to drop it; safe on any thread.</summary>
    public void RequestCancel() => _cancelRequested = true;

    /// <summary>Notes that the reader took a token; safe on the reader's thread.</summary>
    /// <returns>Whether the engine should be woken, because it had paused this task.</returns>
    public bool OnTokenRead() => Interlocked.Decrement(ref _unread) < MaxUnread / 2 && _paused;

    /// <summary>Notes that it has a sequence.</summary>
    public void Admit(int cachedTokens)
    {
        // A task that is computed anew after a failure keeps what its first admission found.
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

    /// <summary>Notes that it has ended well; <see cref="Deliver"/> tells the reader.</summary>
    public void Finish(StopReason reason)
    {
        MarkFirstToken();
        _ended = reason;
        var ending = reason == StopReason.EndOfGeneration ? 1 : 0;
        Statistics = new GenerationStatistics
        {
            Reason = reason,
            PromptTokens = PromptLength,
            CachedTokens = CachedTokens,
            CompletionTokens = Count - PromptLength + ending,
            QueueTime = _time.GetElapsedTime(_submitted, _admitted),
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
        Deliver();
        _output.Writer.TryComplete(error);
    }

    private void MarkFirstToken()
    {
        if (_firstToken == 0)
        {
            _firstToken = _time.GetTimestamp();
        }
    }
}
