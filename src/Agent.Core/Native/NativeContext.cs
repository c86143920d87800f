using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>A llama.cpp context with split KV: every sequence has cells of its own.</summary>
internal sealed unsafe class NativeContext : IDecoderContext
{
    private const int BatchRefused = -1;
    private const int PassFailed = -3;
    private const uint NoFlags = 0;

    private readonly ContextHandle _handle;
    private readonly nint _memory;
    private readonly int[] _lengths;
    private readonly int[] _pending;
    private readonly bool[] _copied;
    private readonly bool _canMove;
    private readonly SelectedOutputs? _selected;
    private readonly DecodePasses? _passes;
    private float* _logits;
    private int _outputs;
    private bool _isUnfetched;

    private NativeContext(ContextHandle handle, int vocabularySize, NativeContextOptions options, bool canMove, SelectedOutputs? selected)
    {
        OutputCapacity = options.MaxOutputs;
        _canMove = canMove;
        IsAsynchronous = options.OnGpu;
        _handle = handle;
        _memory = LlamaApi.GetMemory(handle);
        VocabularySize = vocabularySize;
        MaxSequences = (int)LlamaApi.ContextMaxSequences(handle);
        ContextPerSequence = (int)LlamaApi.ContextPerSequence(handle);
        BatchCapacity = (int)LlamaApi.ContextBatchSize(handle);
        _lengths = new int[MaxSequences];
        _pending = new int[MaxSequences];
        _copied = new bool[MaxSequences];
        if (selected is not null)
        {
            _selected = selected;
            _passes = new DecodePasses(MaxSequences, BatchCapacity, options.MicroBatchSize);
        }
    }

    public int VocabularySize { get; }

    public int MaxSequences { get; }

    public int ContextPerSequence { get; }

    public int BatchCapacity { get; }

    public int OutputCapacity { get; }

    public bool IsAsynchronous { get; }

    public int BestCount => _selected is null ? 0 : LogitBlocks.BestCount;

    /// <summary>Most sequences a context of this release can hold.</summary>
    public static int MaxSupportedSequences => (int)LlamaApi.MaxParallelSequences();

    /// <summary>Creates a context.</summary>
    /// <exception cref="LlamaException">Mostly: not enough memory for the KV cache or the compute buffers.</exception>
    public static NativeContext Create(NativeModel model, NativeContextOptions options)
    {
        var vocabularySize = new NativeVocabulary(model.Handle).Count;
        var parameters = ParametersFor(options);
        var blocks = options.SelectOnDevice && LlamaRuntime.AddsToGraphs ? BlocksFor(vocabularySize, options) : null;
        return (blocks is null ? null : TryCreateSelecting(model, options, parameters, blocks))
            ?? new NativeContext(CreateHandle(model, options, parameters), vocabularySize, options, model.CanCutStates, selected: null);
    }

    private static LlamaContextParams ParametersFor(NativeContextOptions options)
    {
        var parameters = LlamaApi.ContextDefaultParams();
        parameters.ContextSize = checked((uint)options.ContextPerSequence * (uint)options.MaxSequences);
        parameters.MaxSequences = (uint)options.MaxSequences;
        parameters.BatchSize = (uint)options.BatchSize;
        parameters.MicroBatchSize = (uint)options.MicroBatchSize;
        parameters.MaxOutputs = (uint)options.MaxOutputs;
        parameters.Threads = options.Threads;
        parameters.BatchThreads = options.BatchThreads;
        parameters.FlashAttentionType = options.FlashAttention ? 1 : 0;
        parameters.TypeK = (int)options.KvType;
        parameters.TypeV = (int)options.KvType;
        parameters.KvUnified = 0;
        parameters.NoPerf = 1;
        if (options.YarnFactor > 1)
        {
            const int Yarn = 2;
            parameters.RopeScalingType = Yarn;
            parameters.RopeFrequencyScale = 1 / options.YarnFactor;
            parameters.YarnOriginalContext = (uint)options.YarnOriginalContext;
        }

        return parameters;
    }

    /// <returns>Null where this context, or its device, cannot have it.</returns>
    private static NativeContext? TryCreateSelecting(NativeModel model, NativeContextOptions options, LlamaContextParams parameters, LogitBlocks blocks)
    {
        var selection = new BlockSelection(blocks, options.MaxSequences);
        ContextHandle? handle = null;
        try
        {
            // Of tokens that are tried, each wants a row.
            parameters.MaxOutputsPerSequence = (uint)options.MaxOutputs;
            selection.AddTo(ref parameters);
            handle = CreateHandle(model, options, parameters);
            if (selection.IsAttached)
            {
                return new NativeContext(handle, blocks.VocabularySize, options, model.CanCutStates, new SelectedOutputs(selection, options.MaxOutputs));
            }
        }
        catch
        {
            handle?.Dispose();
            selection.Dispose();
            throw;
        }

        handle.Dispose();
        selection.Dispose();
        return null;
    }

    private static ContextHandle CreateHandle(NativeModel model, NativeContextOptions options, LlamaContextParams parameters)
    {
        _ = LlamaLog.DrainErrors();
        var context = LlamaApi.InitFromModel(model.Handle, parameters);
        if (context == 0)
        {
            throw new LlamaException(
                $"llama.cpp could not create a context of {options.MaxSequences} x {options.ContextPerSequence:N0} tokens: {LlamaLog.DrainErrors()}. " +
                "Lower Agent:Engine:MaxSequences, choose a smaller Agent:Engine:Profile, or set Agent:Engine:KvCacheType to Q8_0.");
        }

        var handle = new ContextHandle(context, model.Handle);
        try
        {
            model.ApplyAdapters(handle);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static LogitBlocks? BlocksFor(int vocabularySize, NativeContextOptions options) =>
        options.SelectionBlock is { } size ? new LogitBlocks(vocabularySize, size) : LogitBlocks.For(vocabularySize);

    /// <summary>Sets how many CPU threads compute the next step.</summary>
    public void SetThreads(int threads) => LlamaApi.SetThreads(_handle, threads, threads);

    public int GetLength(int sequence) => _lengths[sequence];

    public DecodeStatus Decode(DecodeBatch batch)
    {
        Check(batch);
        _logits = null;
        _outputs = 0;
        var result = _passes is null ? Compute(batch) : ComputeInPasses(batch);

        // llama.cpp copies cells before it looks for room, and only a batch that it refuses as a whole comes back before that.
        if (result != BatchRefused)
        {
            Array.Clear(_copied);
        }

        if (result == 0)
        {
            _outputs = batch.OutputCount;
            foreach (var sequence in batch.Sequences)
            {
                _lengths[sequence]++;
            }

            return DecodeStatus.Ok;
        }

        foreach (var sequence in batch.Sequences)
        {
            _lengths[sequence] = LlamaApi.MemorySequencePositionMax(_memory, sequence) + 1;
        }

        return result == 1 ? DecodeStatus.NoKvRoom : DecodeStatus.Failed;
    }

    public void Synchronize()
    {
        if (_passes is not null)
        {
            LlamaApi.Synchronize(_handle);
            if (_isUnfetched)
            {
                _isUnfetched = false;
                _selected!.Fetch(_passes.Outputs);
            }

            return;
        }

        // Asking for the logits waits for the device too.
        if (_outputs > 0)
        {
            _logits = LlamaApi.GetLogits(_handle);
        }
        else
        {
            LlamaApi.Synchronize(_handle);
        }
    }

    public BestLogits GetBest(int output) => _selected is null
        ? throw new InvalidOperationException("This context gives whole rows of logits.")
        : _selected.GetBest(output);

    public ReadOnlySpan<float> GetLogits(int output) => _selected is not null ? _selected.GetRow(output) : _logits != null && (uint)output < (uint)_outputs
        ? MemoryMarshal.CreateReadOnlySpan(ref *(_logits + ((nint)output * VocabularySize)), VocabularySize)
        : throw new InvalidOperationException($"Logits row {output} was asked for, but the last step gave {_outputs}.");

    public void Truncate(int sequence, int length)
    {
        CheckSequence(sequence);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length >= _lengths[sequence])
        {
            return;
        }

        if (!LlamaApi.MemorySequenceRemove(_memory, sequence, length, -1))
        {
            // A memory that cannot drop part of a sequence can always drop it all.
            _ = LlamaApi.MemorySequenceRemove(_memory, sequence, -1, -1);
            length = 0;
        }

        _lengths[sequence] = length;
    }

    public void CopySequence(int source, int destination)
    {
        CheckSequence(source);
        CheckSequence(destination);
        if (source == destination)
        {
            return;
        }

        Truncate(destination, 0);
        LlamaApi.MemorySequenceCopy(_memory, source, destination, -1, -1);
        _lengths[destination] = _lengths[source];

        // Only the list of cells is copied now, their keys and values with the next step.
        _copied[source] = _copied[destination] = true;
    }

    public bool IsCopyPending(int sequence) => _copied[sequence];

    public long GetStateSize(int sequence)
    {
        CheckSequence(sequence);
        return _canMove ? (long)LlamaApi.SequenceStateGetSize(_handle, sequence, NoFlags) : 0;
    }

    public bool TrySave(int sequence, SequenceState state)
    {
        CheckMovable(sequence);
        return LlamaApi.SequenceStateGetData(_handle, state, (nuint)state.Length, sequence, NoFlags) == (nuint)state.Length;
    }

    public bool TryRestore(int sequence, SequenceState state, int length)
    {
        CheckMovable(sequence);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ContextPerSequence);
        if (LlamaApi.SequenceStateSetData(_handle, state, (nuint)state.Length, sequence, NoFlags) == (nuint)state.Length
            && LlamaApi.MemorySequencePositionMax(_memory, sequence) == length - 1)
        {
            _lengths[sequence] = length;
            return true;
        }

        Wipe(sequence);
        return false;
    }

    public void Dispose()
    {
        _handle.Dispose();
        _selected?.Dispose();
    }

    private int Compute(DecodeBatch batch)
    {
        var result = LlamaApi.Decode(_handle, batch.AsNative());
        GC.KeepAlive(batch);
        return result;
    }

    /// <summary>What was selected of a micro-batch must be fetched before the next one; the last one is fetched when the step is over.</summary>
    private int ComputeInPasses(DecodeBatch batch)
    {
        _isUnfetched = false;
        _selected!.Begin(batch);
        _passes!.Begin(batch);
        for (var pass = 0; _passes.MoveNext(); pass++)
        {
            var result = Compute(_passes.Pass);
            if (result != 0)
            {
                _selected.Clear();

                // What came before it has grown, so that the step cannot simply be tried again.
                return pass == 0 ? result : PassFailed;
            }

            if (_passes.IsLast)
            {
                _isUnfetched = true;
                break;
            }

            if (_passes.Outputs.Length > 0)
            {
                LlamaApi.Synchronize(_handle);
                _selected.Fetch(_passes.Outputs);
            }
        }

        return 0;
    }

    /// <summary>
    /// Empties a sequence whose cells may hold anything. Cells without a token are masked, but a number that is none gets through a mask, so the
    /// contents must go too. llama.cpp zeroes all sequences or none; a copy of another one's cells is as good as zeros.
    /// </summary>
    private void Wipe(int sequence)
    {
        _ = LlamaApi.MemorySequenceRemove(_memory, sequence, -1, -1);
        _lengths[sequence] = 0;
        var sound = Array.FindIndex(_lengths, length => length > 0);
        if (sound < 0)
        {
            LlamaApi.MemoryClear(_memory, data: true);
            return;
        }

        CopySequence(sound, sequence);
        Truncate(sequence, 0);
    }

    private void CheckMovable(int sequence)
    {
        CheckSequence(sequence);
        if (_copied[sequence] || !_canMove)
        {
            throw new InvalidOperationException(_canMove
                ? $"Sequence {sequence} is copied with the next step; its state cannot be moved before."
                : "States of this model cannot be moved: it has a sliding window, or a recurrent memory.");
        }
    }

    private void Check(DecodeBatch batch)
    {
        if (batch.Count == 0 || batch.Count > BatchCapacity || batch.OutputCount > OutputCapacity)
        {
            throw new InvalidOperationException($"A step must hold 1 to {BatchCapacity} tokens and at most {OutputCapacity} outputs; this one holds {batch.Count} and {batch.OutputCount}.");
        }

        Array.Clear(_pending);
        for (var i = 0; i < batch.Count; i++)
        {
            var sequence = batch.Sequences[i];
            CheckSequence(sequence);
            var expected = _lengths[sequence] + _pending[sequence]++;
            if (batch.Positions[i] != expected || expected >= ContextPerSequence)
            {
                throw new InvalidOperationException($"Token {i} of the step is at position {batch.Positions[i]} of sequence {sequence}, where {expected} of {ContextPerSequence} comes next.");
            }

            if ((uint)batch.Tokens[i] >= (uint)VocabularySize)
            {
                throw new InvalidOperationException($"Token {i} of the step has id {batch.Tokens[i]}, outside the vocabulary of {VocabularySize}.");
            }
        }
    }

    private void CheckSequence(int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, MaxSequences);
    }
}
