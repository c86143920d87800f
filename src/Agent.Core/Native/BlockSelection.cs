using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>
/// Picks the best blocks of every row of logits as part of llama.cpp's own graph, on the device that computes the logits, so that a fifteenth of
/// them crosses to the host and is looked at.
/// </summary>
/// <remarks>
/// llama.cpp lets a sampler of each sequence add to the graph, one row after another; a node for each row would cost more than it saves. So the
/// first one of a graph adds nodes for all rows at once (greatest of each block, their order, the blocks themselves), and none leaves anything for
/// llama.cpp to copy: what is wanted of a step is fetched after it, from these tensors or from the logits. A step must be one micro-batch therefore:
/// the next one overwrites them. Engine thread only, as the context it belongs to.
/// </remarks>
internal sealed unsafe class BlockSelection : IDisposable
{
    private const int TypeF32 = 0;
    private const int PoolMax = 0;
    private const int Descending = 1;

    private readonly LogitBlocks _blocks;
    private readonly LlamaSampler*[] _chains;
    private readonly LlamaSamplerInterface* _functions;
    private readonly GCHandle _self;
    private bool _isAdded;
    private bool _isRefused;
    private Nodes? _nodes;

    private BlockSelection(LogitBlocks blocks, int sequences)
    {
        _blocks = blocks;
        _chains = new LlamaSampler*[sequences];
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        _functions = (LlamaSamplerInterface*)NativeMemory.AllocZeroed((nuint)sizeof(LlamaSamplerInterface));
        _functions->Name = &Name;
        _functions->Apply = &Apply;
        _functions->Free = &Free;
        _functions->BackendInit = &Begin;
        _functions->BackendApply = &AddTo;
        _functions->BackendReset = &Reset;
    }

    /// <summary>The device that computes the logits; 0 for the CPU.</summary>
    public nint Device { get; private set; }

    private static ReadOnlySpan<byte> LogitsName => "result_output\0"u8;

    /// <summary>Attaches to all sequences of a context that has decoded nothing yet.</summary>
    /// <returns>Null where this context, or its device, cannot have it; then it is as it was.</returns>
    public static BlockSelection? TryAttach(ContextHandle context, LogitBlocks blocks, int sequences)
    {
        var selection = new BlockSelection(blocks, sequences);
        for (var i = 0; i < sequences; i++)
        {
            // A sampler belongs to one chain, and a chain to one sequence.
            var chain = LlamaApi.SamplerChainInit(noPerf: 1);
            LlamaApi.SamplerChainAdd(chain, LlamaApi.SamplerInit(selection._functions, GCHandle.ToIntPtr(selection._self)));
            selection._chains[i] = chain;
            if (!LlamaApi.SetSampler(context, i, chain) || selection._isRefused)
            {
                for (; i >= 0; i--)
                {
                    _ = LlamaApi.SetSampler(context, i, null);
                }

                selection.Dispose();
                return null;
            }
        }

        return selection;
    }

    /// <summary>Copies the blocks of the first rows of the last micro-batch, and their numbers.</summary>
    /// <param name="rows">How many rows it had.</param>
    /// <param name="logits">Room for <see cref="LogitBlocks.KeptLogits"/> of each.</param>
    /// <param name="numbers">Room for <see cref="LogitBlocks.BlockCount"/> of each, the best first.</param>
    public void FetchBlocks(int rows, float* logits, int* numbers)
    {
        var nodes = NodesOf(rows);
        GgmlApi.TensorGet(nodes.Blocks, logits, 0, (nuint)rows * (nuint)_blocks.KeptLogits * sizeof(float));
        GgmlApi.TensorGet(nodes.Order, numbers, 0, (nuint)rows * (nuint)_blocks.BlockCount * sizeof(int));
    }

    /// <summary>Copies whole rows of the last micro-batch.</summary>
    /// <param name="rows">How many rows it had.</param>
    /// <param name="first">The first to copy.</param>
    /// <param name="count">How many to copy.</param>
    /// <param name="logits">Room for them.</param>
    public void FetchRows(int rows, int first, int count, float* logits)
    {
        var nodes = NodesOf(rows);
        var size = (nuint)_blocks.VocabularySize * sizeof(float);
        GgmlApi.TensorGet(nodes.Logits, logits, (nuint)first * size, (nuint)count * size);
    }

    /// <summary>Frees the samplers. The context must be gone.</summary>
    public void Dispose()
    {
        foreach (var chain in _chains)
        {
            if (chain != null)
            {
                LlamaApi.SamplerFree(chain);
            }
        }

        Array.Clear(_chains);
        NativeMemory.Free(_functions);
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte* Name(LlamaSampler* sampler) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("agent-blocks\0"u8));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Apply(LlamaSampler* sampler, void* candidates)
    {
        // llama.cpp wants one, and calls it nowhere: what is drawn is drawn by the samplers of the requests.
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(LlamaSampler* sampler)
    {
        // Nothing of this sampler's own.
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte Begin(LlamaSampler* sampler, nint bufferType, uint outputsPerSequence)
    {
        Of(sampler).Device = GgmlApi.BufferTypeDevice(bufferType);
        return 1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Reset(LlamaSampler* sampler) => Of(sampler)._isAdded = false;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void AddTo(LlamaSampler* sampler, nint context, nint graph, LlamaSamplerData* data) => Of(sampler).Add(context, graph, data);

    private static BlockSelection Of(LlamaSampler* sampler) => (BlockSelection)GCHandle.FromIntPtr(sampler->Context).Target!;

    /// <summary>Adds the nodes, unless another row of the same graph has had them added for all.</summary>
    private void Add(nint context, nint graph, LlamaSamplerData* data)
    {
        nint logits;
        fixed (byte* name = LogitsName)
        {
            logits = GgmlApi.GraphGetTensor(graph, name);
        }

        // Before the first graph llama.cpp asks what a sampler adds, with a row of its own length and no graph behind it.
        var isTrial = logits == 0;
        if (isTrial)
        {
            logits = GgmlApi.NewTensor(context, TypeF32, _blocks.VocabularySize);
        }

        *data = default;
        var rows = GgmlApi.ElementCount(logits) / _blocks.VocabularySize;
        if (_isAdded || rows == 0)
        {
            return;
        }

        _isAdded = true;
        var nodes = AddNodes(context, logits, rows);
        GgmlApi.GraphExpand(graph, nodes.Blocks);
        if (isTrial)
        {
            _isRefused |= !IsSupported(nodes);
        }
        else
        {
            _nodes = nodes;
        }
    }

    private Nodes AddNodes(nint context, nint logits, long rows)
    {
        // What fills up the last block is zero, so one block more is kept: a block that has only this to show takes no other's place.
        var even = _blocks.Padding == 0 ? logits : GgmlApi.Pad(context, logits, _blocks.Padding, 0, 0, 0);
        var greatest = GgmlApi.Pool(context, even, PoolMax, _blocks.BlockSize, _blocks.BlockSize, 0);
        var order = GgmlApi.ArgSort(context, greatest, Descending);
        var best = GgmlApi.View(context, order, LogitBlocks.KeptBlocks, rows, (nuint)_blocks.BlockCount * sizeof(int), 0);
        var blocks = GgmlApi.GetRows(context, GgmlApi.Reshape(context, even, _blocks.BlockSize, _blocks.BlockCount, rows), best);
        GgmlApi.SetOutput(order);
        GgmlApi.SetOutput(blocks);
        return new Nodes(logits, greatest, order, blocks, rows);
    }

    private bool IsSupported(Nodes nodes) => Device == 0
        || (GgmlApi.DeviceSupports(Device, nodes.Greatest) && GgmlApi.DeviceSupports(Device, nodes.Order) && GgmlApi.DeviceSupports(Device, nodes.Blocks));

    private Nodes NodesOf(int rows) => _nodes is { } nodes && nodes.Rows == rows
        ? nodes
        : throw new LlamaException($"llama.cpp computed {_nodes?.Rows} rows of logits in one go where {rows} were expected. Set Agent:Engine:SelectOnDevice to false.");

    private sealed record Nodes(nint Logits, nint Greatest, nint Order, nint Blocks, long Rows);
}
