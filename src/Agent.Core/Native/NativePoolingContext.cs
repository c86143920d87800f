using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>
/// A llama.cpp context that pools. A step is one micro-batch: models that look both ways abort on more, and of a sequence that is cut
/// by the border of two, llama.cpp keeps the row of the last part only. For the same reason the KV cache of a model that has one is unified; split,
/// sequences of different lengths are computed in several micro-batches.
/// </summary>
internal sealed unsafe class NativePoolingContext : IPoolingContext
{
    private readonly ContextHandle _handle;
    private readonly nint _memory;
    private readonly int _vocabularySize;
    private int _sequences;

    private NativePoolingContext(ContextHandle handle, int vocabularySize, int outputLength, NativePoolingOptions options)
    {
        _handle = handle;
        _memory = LlamaApi.GetMemory(handle);
        _vocabularySize = vocabularySize;
        OutputLength = outputLength;
        MaxSequences = options.MaxSequences;
        BatchCapacity = options.BatchCapacity;
    }

    public int OutputLength { get; }

    public int MaxSequences { get; }

    public int BatchCapacity { get; }

    /// <summary>Creates a context.</summary>
    /// <exception cref="LlamaException">The model's kind cannot be pooled, or there is not enough memory.</exception>
    public static NativePoolingContext Create(NativeModel model, NativePoolingOptions options)
    {
        if (LlamaApi.ModelHasEncoder(model.Handle) || LlamaApi.ModelIsRecurrent(model.Handle) || LlamaApi.ModelIsHybrid(model.Handle))
        {
            throw new LlamaException("Encoder-decoder and recurrent models cannot be used for embeddings. Choose one of the BERT kind, or a decoder that was trained for embeddings.");
        }

        // llama.cpp plans its buffers for as many tokens in each sequence; where that does not divide evenly, pooling by the mean aborts.
        var capacity = (options.BatchCapacity + options.MaxSequences - 1) / options.MaxSequences * options.MaxSequences;
        options = options with { BatchCapacity = capacity };
        var parameters = LlamaApi.ContextDefaultParams();
        parameters.ContextSize = (uint)options.BatchCapacity;
        parameters.BatchSize = (uint)options.BatchCapacity;
        parameters.MicroBatchSize = (uint)options.BatchCapacity;
        parameters.MaxSequences = (uint)options.MaxSequences;
        parameters.Threads = options.Threads;
        parameters.BatchThreads = options.Threads;
        parameters.PoolingType = (int)options.Pooling;
        parameters.Embeddings = 1;
        parameters.KvUnified = 1;
        parameters.NoPerf = 1;
        _ = LlamaLog.DrainErrors();
        var context = LlamaApi.InitFromModel(model.Handle, parameters);
        if (context == 0)
        {
            throw new LlamaException(
                $"llama.cpp could not create a context for embeddings of {options.BatchCapacity:N0} tokens: {LlamaLog.DrainErrors()}. Lower its context or its batch.");
        }

        var handle = new ContextHandle(context, model.Handle);
        var length = options.Pooling == PoolingType.Rank ? (int)LlamaApi.ModelClassCount(model.Handle) : LlamaApi.ModelEmbeddingLength(model.Handle);
        return new NativePoolingContext(handle, new NativeVocabulary(model.Handle).Count, length, options);
    }

    public void SetThreads(int threads) => LlamaApi.SetThreads(_handle, threads, threads);

    public DecodeStatus Compute(DecodeBatch batch)
    {
        var sequences = Check(batch);
        _sequences = 0;
        if (_memory != 0)
        {
            LlamaApi.MemoryClear(_memory, data: false);
        }

        // A model without a KV cache is encoded by this very call; the other way round, encoding a model that has one is wrong.
        var result = LlamaApi.Decode(_handle, batch.AsNative());
        GC.KeepAlive(batch);
        if (result != 0)
        {
            return result == 1 ? DecodeStatus.NoKvRoom : DecodeStatus.Failed;
        }

        LlamaApi.Synchronize(_handle);
        _sequences = sequences;
        return DecodeStatus.Ok;
    }

    public ReadOnlySpan<float> GetRow(int sequence)
    {
        if ((uint)sequence >= (uint)_sequences)
        {
            throw new InvalidOperationException($"The row of sequence {sequence} was asked for, but the last step had {_sequences} sequences.");
        }

        var row = LlamaApi.GetSequenceEmbedding(_handle, sequence);
        return row == null ? [] : MemoryMarshal.CreateReadOnlySpan(ref *row, OutputLength);
    }

    public void Dispose() => _handle.Dispose();

    private int Check(DecodeBatch batch)
    {
        if (batch.Count == 0 || batch.Count > BatchCapacity || batch.OutputCount != batch.Count)
        {
            throw new InvalidOperationException($"A step must hold 1 to {BatchCapacity} tokens, all with outputs; this one holds {batch.Count}, {batch.OutputCount} with outputs.");
        }

        var (sequence, position) = (-1, 0);
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch.Sequences[i] != sequence)
            {
                (sequence, position) = (sequence + 1, 0);
            }

            if (batch.Sequences[i] != sequence || sequence >= MaxSequences || batch.Positions[i] != position++)
            {
                throw new InvalidOperationException($"Token {i} of the step is at position {batch.Positions[i]} of sequence {batch.Sequences[i]}, where {position - 1} of {sequence} comes next, of at most {MaxSequences} sequences.");
            }

            if ((uint)batch.Tokens[i] >= (uint)_vocabularySize)
            {
                throw new InvalidOperationException($"Token {i} of the step has id {batch.Tokens[i]}, outside the vocabulary of {_vocabularySize}.");
            }
        }

        return sequence + 1;
    }
}
