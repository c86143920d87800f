using Agent.Core.Native;

namespace Agent.Core.Tests.Testing;

/// <summary>
/// A context without llama.cpp that keeps the tokens of each sequence and breaks loudly wherever llama.cpp would abort. Its
/// "model" is a hash of all tokens so far, so that a wrong prefix, position or row shows in the very next token.
/// </summary>
internal sealed class FakeDecoderContext(int vocabularySize = 64, int maxSequences = 4, int contextPerSequence = 256, int batchCapacity = 64) : IDecoderContext
{
    private const int StateHeader = 12;

    private readonly List<int>[] _cells = [.. Enumerable.Range(0, maxSequences).Select(_ => new List<int>())];
    private readonly List<float[]> _rows = [];
    private readonly List<bool> _wholes = [];
    private readonly HashSet<int> _copied = [];
    private int _thread;
    private int _bestRowsRead;
    private bool _isOpen;

    public int VocabularySize { get; } = vocabularySize;

    public int MaxSequences { get; } = maxSequences;

    public int ContextPerSequence { get; } = contextPerSequence;

    public int BatchCapacity { get; } = batchCapacity;

    public int OutputCapacity { get; init; } = maxSequences;

    public bool IsAsynchronous { get; init; }

    public int BestCount { get; init; }

    /// <summary>Rows that were read by their best logits only.</summary>
    public int BestRowsRead => _bestRowsRead;

    /// <summary>Whether most tokens follow from the one before them, so that texts repeat themselves.</summary>
    public bool Repeats { get; init; }

    /// <summary>Called when the step is awaited, while a device would compute.</summary>
    public Action? OnSynchronize { get; set; }

    /// <summary>Decides what becomes of a step; null means it succeeds.</summary>
    public Func<DecodeBatch, DecodeStatus>? OnDecode { get; set; }

    /// <summary>Decides whether a save succeeds; null means it does.</summary>
    public Func<int, bool>? OnSave { get; set; }

    /// <summary>Decides whether a restore succeeds; null means it does.</summary>
    public Func<int, bool>? OnRestore { get; set; }

    /// <summary>Bytes that each token adds to a state, 4 or more; 0 is a model whose states cannot be moved.</summary>
    public int StateBytesPerToken { get; set; } = 8;

    /// <summary>Called at the start of each step, for tests that hold the engine there.</summary>
    public Action? BeforeDecode { get; set; }

    /// <summary>Gives the token that is to follow on the cells of a sequence; null for the hash.</summary>
    public Func<IReadOnlyList<int>, int>? NextToken { get; init; }

    public bool IsDisposed { get; private set; }

    public int Steps { get; private set; }

    public int TokensComputed { get; private set; }

    /// <summary>Passes over the weights that llama.cpp would have needed for all steps.</summary>
    public int MicroBatches { get; private set; }

    /// <summary>The largest number of different sequences seen in one step.</summary>
    public int WidestStep { get; private set; }

    /// <summary>The token that follows on the given ones; 0 ends the turn.</summary>
    public static int Next(ReadOnlySpan<int> tokens, int vocabularySize, bool repeats = false)
    {
        var hash = 17u;
        foreach (var token in tokens)
        {
            hash = (hash * 31) + (uint)token + 7;
            hash ^= hash >> 13;
        }

        return repeats && hash % 12 > 0 ? ((tokens[^1] * 7) + 3) % vocabularySize : (int)(hash % (uint)vocabularySize);
    }

    /// <summary>What a generation from this prompt must give.</summary>
    public static List<int> Expected(IReadOnlyList<int> prompt, int maxTokens, int vocabularySize, int contextTokens, bool repeats = false)
    {
        var all = prompt.ToList();
        while (all.Count - prompt.Count < maxTokens && all.Count < contextTokens)
        {
            var next = Next(all.ToArray(), vocabularySize, repeats);
            if (next == 0)
            {
                break;
            }

            all.Add(next);
        }

        return all[prompt.Count..];
    }

    /// <summary>The tokens in a sequence's cells.</summary>
    public IReadOnlyList<int> CellsOf(int sequence) => _cells[sequence];

    public int GetLength(int sequence)
    {
        Assert.False(_isOpen, "the context is used before the step is over");
        return _cells[sequence].Count;
    }

    public DecodeStatus Decode(DecodeBatch batch)
    {
        CheckThread();
        Assert.False(_isOpen, "the step before was never awaited");
        BeforeDecode?.Invoke();
        _rows.Clear();
        _wholes.Clear();
        _wholes.AddRange(batch.WholeOutputs);
        _copied.Clear();
        Assert.InRange(batch.Count, 1, BatchCapacity);
        Assert.InRange(batch.OutputCount, 0, OutputCapacity);
        var lastSequence = -1;
        for (var i = 0; i < batch.Count; i++)
        {
            Assert.InRange(batch.Tokens[i], 0, VocabularySize - 1);
            Assert.InRange(batch.Sequences[i], 0, MaxSequences - 1);
            Assert.True(batch.Sequences[i] >= lastSequence, "sequence ids must ascend");
            lastSequence = batch.Sequences[i];
        }

        WidestStep = Math.Max(WidestStep, batch.Sequences.ToArray().Distinct().Count());
        var status = OnDecode?.Invoke(batch) ?? DecodeStatus.Ok;
        if (status == DecodeStatus.NoKvRoom)
        {
            return status;
        }

        // A failed step leaves an unknown part of its tokens behind: here, half.
        var stored = status == DecodeStatus.Ok ? batch.Count : batch.Count / 2;
        for (var i = 0; i < stored; i++)
        {
            var cells = _cells[batch.Sequences[i]];
            Assert.Equal(cells.Count, batch.Positions[i]);
            Assert.True(cells.Count < ContextPerSequence, "the sequence is full");
            cells.Add(batch.Tokens[i]);
            if (batch.Outputs[i] != 0)
            {
                var row = new float[VocabularySize];
                row[NextToken?.Invoke(cells) ?? Next(cells.ToArray(), VocabularySize, Repeats)] = 1;
                _rows.Add(row);
            }
        }

        Steps++;
        MicroBatches += CountMicroBatches(batch);
        TokensComputed += stored;
        _isOpen = status == DecodeStatus.Ok;
        if (!_isOpen)
        {
            _rows.Clear();
        }

        return status;
    }

    public void Synchronize()
    {
        CheckThread();
        OnSynchronize?.Invoke();
        _isOpen = false;
    }

    // Any thread may read, once the step is over.
    public ReadOnlySpan<float> GetLogits(int output) => Read(output, whole: true);

    // One block that is the whole row.
    public BestLogits GetBest(int output)
    {
        Interlocked.Increment(ref _bestRowsRead);
        return new(Read(output, whole: false), [0], VocabularySize);
    }

    public void Truncate(int sequence, int length)
    {
        CheckThread();
        Assert.False(_isOpen, "the context is used before the step is over");
        var cells = _cells[sequence];
        if (length < cells.Count)
        {
            cells.RemoveRange(length, cells.Count - length);
        }
    }

    public void CopySequence(int source, int destination)
    {
        CheckThread();
        Assert.NotEqual(source, destination);
        _cells[destination].Clear();
        _cells[destination].AddRange(_cells[source]);
        _copied.UnionWith([source, destination]);
    }

    public bool IsCopyPending(int sequence) => _copied.Contains(sequence);

    public long GetStateSize(int sequence) => StateBytesPerToken == 0 ? 0 : StateHeader + ((long)_cells[sequence].Count * StateBytesPerToken);

    // A state is its tokens, so that a wrong one shows in the next token. What fails half-way leaves half of it behind.
    public bool TrySave(int sequence, SequenceState state)
    {
        CheckMovable(sequence);
        Assert.Equal(GetStateSize(sequence), state.Length);
        Assert.NotEmpty(_cells[sequence]);
        var succeeds = OnSave?.Invoke(sequence) ?? true;
        var bytes = state.AsSpan();
        bytes.Fill(0xFF);
        BitConverter.TryWriteBytes(bytes, _cells[sequence].Count);
        for (var i = 0; i < (succeeds ? _cells[sequence].Count : _cells[sequence].Count / 2); i++)
        {
            BitConverter.TryWriteBytes(bytes[(StateHeader + (i * StateBytesPerToken))..], _cells[sequence][i]);
        }

        return succeeds;
    }

    public bool TryRestore(int sequence, SequenceState state, int length)
    {
        CheckMovable(sequence);
        var bytes = state.AsSpan();
        Assert.Equal(length, BitConverter.ToInt32(bytes));
        Assert.InRange(length, 1, ContextPerSequence);
        _cells[sequence].Clear();
        if (!(OnRestore?.Invoke(sequence) ?? true))
        {
            return false;
        }

        for (var i = 0; i < length; i++)
        {
            var token = BitConverter.ToInt32(bytes[(StateHeader + (i * StateBytesPerToken))..]);
            Assert.InRange(token, 0, VocabularySize - 1);
            _cells[sequence].Add(token);
        }

        return true;
    }

    public void Dispose()
    {
        CheckThread();
        IsDisposed = true;
    }

    /// <summary>As llama.cpp does with split KV: ids that follow on each other, as many tokens of each as the one with the fewest has.</summary>
    private int CountMicroBatches(DecodeBatch batch)
    {
        var left = new int[MaxSequences];
        foreach (var sequence in batch.Sequences)
        {
            left[sequence]++;
        }

        var count = 0;
        for (; left.Any(tokens => tokens > 0); count++)
        {
            var first = Array.FindIndex(left, tokens => tokens > 0);
            var end = first;
            while (end < left.Length && left[end] > 0)
            {
                end++;
            }

            var least = left[first..end].Min();
            for (var id = first; id < end; id++)
            {
                left[id] -= least;
            }
        }

        return count;
    }

    private void CheckMovable(int sequence)
    {
        CheckThread();
        Assert.False(_isOpen, "the context is used before the step is over");
        Assert.NotEqual(0, StateBytesPerToken);
        Assert.DoesNotContain(sequence, _copied);
    }

    private float[] Read(int output, bool whole)
    {
        Assert.False(_isOpen, "logits are read before the step is over");
        Assert.False(IsDisposed, "the context is used after its disposal");
        Assert.Equal(whole, BestCount == 0 || _wholes[output]);
        return _rows[output];
    }

    private void CheckThread()
    {
        Assert.False(IsDisposed, "the context is used after its disposal");
        if (_thread == 0)
        {
            _thread = Environment.CurrentManagedThreadId;
        }

        Assert.Equal(_thread, Environment.CurrentManagedThreadId);
    }
}
