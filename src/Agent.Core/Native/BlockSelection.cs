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

    private readonly LlamaSamplerConfig* _chains;
    private readonly LlamaSamplerInterface* _functions;
    private readonly int _sequences;
    private GCHandle _self;
    private bool _isTrial;
    private bool _isAdded;
    private bool _isRefused;
    private int _begun;
    private Nodes? _nodes;

    /// <summary>Makes the samplers of a context that is to be created.</summary>
    public BlockSelection(LogitBlocks blocks, int sequences)
    {
        Blocks = blocks;
        _sequences = sequences;
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        _functions = (LlamaSamplerInterface*)NativeMemory.AllocZeroed((nuint)sizeof(LlamaSamplerInterface));
        _functions->Name = &Name;
        _functions->Apply = &Apply;
        _functions->Free = &Free;
        _functions->BackendInit = &Begin;
        _functions->BackendApply = &AddToGraph;
        _functions->BackendReset = &Reset;
        _chains = (LlamaSamplerConfig*)NativeMemory.AllocZeroed((nuint)sequences, (nuint)sizeof(LlamaSamplerConfig));
        for (var i = 0; i < sequences; i++)
        {
            // A sampler belongs to one chain, and a chain to one sequence.
            _chains[i] = new LlamaSamplerConfig { Sequence = i, Chain = LlamaApi.SamplerChainInit(noPerf: 1) };
            LlamaApi.SamplerChainAdd(_chains[i].Chain, LlamaApi.SamplerInit(_functions, GCHandle.ToIntPtr(_self)));
        }
    }

    /// <summary>How rows are cut.</summary>
    public LogitBlocks Blocks { get; }

    /// <summary>Whether the context that was created with it has it for all sequences, and its device can compute it.</summary>
    public bool IsAttached => _begun == _sequences && !_isRefused;

    /// <summary>The device that computes the logits; 0 for the CPU.</summary>
    public nint Device { get; private set; }

    private static ReadOnlySpan<byte> LogitsName => "result_output\0"u8;

    /// <summary>Has a context be created with it.</summary>
    public void AddTo(ref LlamaContextParams parameters)
    {
        parameters.Samplers = (nint)_chains;
        parameters.SamplerCount = (nuint)_sequences;
    }

    /// <summary>Copies the blocks of the first rows of the last micro-batch, and their numbers.</summary>
    /// <param name="rows">How many rows it had.</param>
    /// <param name="logits">Room for <see cref="LogitBlocks.KeptLogits"/> of each.</param>
    /// <param name="numbers">Room for <see cref="LogitBlocks.BlockCount"/> of each, the best first.</param>
    public void FetchBlocks(int rows, float* logits, int* numbers)
    {
        var nodes = NodesOf(rows);
        GgmlApi.TensorGet(nodes.Blocks, logits, 0, (nuint)rows * (nuint)Blocks.KeptLogits * sizeof(float));
        GgmlApi.TensorGet(nodes.Order, numbers, 0, (nuint)rows * (nuint)Blocks.BlockCount * sizeof(int));
    }

    /// <summary>Copies whole rows of the last micro-batch.</summary>
    /// <param name="rows">How many rows it had.</param>
    /// <param name="first">The first to copy.</param>
    /// <param name="count">How many to copy.</param>
    /// <param name="logits">Room for them.</param>
    public void FetchRows(int rows, int first, int count, float* logits)
    {
        var nodes = NodesOf(rows);
        var size = (nuint)Blocks.VocabularySize * sizeof(float);
        GgmlApi.TensorGet(nodes.Logits, logits, (nuint)first * size, (nuint)count * size);
    }

    /// <summary>Frees the samplers. The context must be gone.</summary>
    public void Dispose()
    {
        if (!_self.IsAllocated)
        {
            return;
        }

        for (var i = 0; i < _sequences; i++)
        {
            LlamaApi.SamplerFree(_chains[i].Chain);
        }

        NativeMemory.Free(_chains);
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
        var self = Of(sampler);
        self.Device = GgmlApi.BufferTypeDevice(bufferType);
        self._begun++;

        // What is asked for next is a graph of the sampler alone, to see what it adds.
        self._isTrial = true;
        return 1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Reset(LlamaSampler* sampler) => Of(sampler)._isAdded = false;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void AddToGraph(LlamaSampler* sampler, nint context, nint graph, LlamaSamplerData* data) => Of(sampler).Add(context, graph, data);

    private static BlockSelection Of(LlamaSampler* sampler) => (BlockSelection)GCHandle.FromIntPtr(sampler->Context).Target!;

    /// <summary>Adds the nodes, unless another row of the same graph has had them added for all.</summary>
    private void Add(nint context, nint graph, LlamaSamplerData* data)
    {
        *data = default;
        if (_isTrial)
        {
            _isTrial = false;
            var trial = AddNodes(context, GgmlApi.NewTensor(context, TypeF32, Blocks.VocabularySize), rows: 1);
            GgmlApi.GraphExpand(graph, trial.Blocks);
            _isRefused |= !IsSupported(trial);
            return;
        }

        if (_isAdded)
        {
            return;
        }

        _isAdded = true;
        var logits = FindLogits(graph);
        var rows = GgmlApi.ElementCount(logits) / Blocks.VocabularySize;
        if (rows > 0)
        {
            _nodes = AddNodes(context, logits, rows);
            GgmlApi.GraphExpand(graph, _nodes.Blocks);
        }
    }

    /// <summary>Nearly every architecture names them; those of the others are what the graph computes last.</summary>
    private static nint FindLogits(nint graph)
    {
        fixed (byte* name = LogitsName)
        {
            var logits = GgmlApi.GraphGetTensor(graph, name);
            return logits != 0 ? logits : GgmlApi.GraphNode(graph, -1);
        }
    }

    private Nodes AddNodes(nint context, nint logits, long rows)
    {
        // What fills up the last block is zero, so one block more is kept: a block that has only this to show takes no other's place.
        var even = Blocks.Padding == 0 ? logits : GgmlApi.Pad(context, logits, Blocks.Padding, 0, 0, 0);
        var greatest = GgmlApi.Pool(context, even, PoolMax, Blocks.BlockSize, Blocks.BlockSize, 0);
        var order = GgmlApi.ArgSort(context, greatest, Descending);
        var best = GgmlApi.View(context, order, LogitBlocks.KeptBlocks, rows, (nuint)Blocks.BlockCount * sizeof(int), 0);
        var blocks = GgmlApi.GetRows(context, GgmlApi.Reshape(context, even, Blocks.BlockSize, Blocks.BlockCount, rows), best);
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
