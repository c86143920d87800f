using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>A llama.cpp context with split KV: every sequence has cells of its own.</summary>
internal sealed unsafe class NativeContext : IDecoderContext
{
    private readonly ContextHandle _handle;
    private readonly nint _memory;
    private readonly int[] _lengths;
    private readonly int[] _pending;
    private float* _logits;
    private int _outputs;

    private NativeContext(ContextHandle handle, int vocabularySize, int outputCapacity, bool isAsynchronous)
    {
        OutputCapacity = outputCapacity;
        IsAsynchronous = isAsynchronous;
        _handle = handle;
        _memory = LlamaApi.GetMemory(handle);
        VocabularySize = vocabularySize;
        MaxSequences = (int)LlamaApi.ContextMaxSequences(handle);
        ContextPerSequence = (int)LlamaApi.ContextPerSequence(handle);
        BatchCapacity = (int)LlamaApi.ContextBatchSize(handle);
        _lengths = new int[MaxSequences];
        _pending = new int[MaxSequences];
    }

    public int VocabularySize { get; }

    public int MaxSequences { get; }

    public int ContextPerSequence { get; }

    public int BatchCapacity { get; }

    public int OutputCapacity { get; }

    public bool IsAsynchronous { get; }

    /// <summary>Most sequences a context of this release can hold.</summary>
    public static int MaxSupportedSequences => (int)LlamaApi.MaxParallelSequences();

    /// <summary>Creates a context.</summary>
    /// <exception cref="LlamaException">Mostly: not enough memory for the KV cache or the compute buffers.</exception>
    public static NativeContext Create(NativeModel model, NativeContextOptions options)
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
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        return new NativeContext(handle, new NativeVocabulary(model.Handle).Count, options.MaxOutputs, options.OnGpu);
    }

    /// <summary>Sets how many CPU threads compute the next step.</summary>
    public void SetThreads(int threads) => LlamaApi.SetThreads(_handle, threads, threads);

    public int GetLength(int sequence) => _lengths[sequence];

    public DecodeStatus Decode(DecodeBatch batch)
    {
        Check(batch);
        _logits = null;
        _outputs = 0;
        var result = LlamaApi.Decode(_handle, batch.AsNative());
        GC.KeepAlive(batch);
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

    public ReadOnlySpan<float> GetLogits(int output) => _logits != null && (uint)output < (uint)_outputs
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
    }

    public void Dispose() => _handle.Dispose();

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
