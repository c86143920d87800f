using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>Weights and vocabulary of a model in memory.</summary>
/// <remarks>Thread-safe; contexts made from it may be used on different threads.</remarks>
internal sealed unsafe class NativeModel : IDisposable
{
    // llama.cpp frees adapters with their model, so the handle of the model is theirs, too.
    private readonly List<(nint Adapter, float Scale)> _adapters = [];

    private NativeModel(ModelHandle handle) => Handle = handle;

    /// <summary>The native model.</summary>
    public ModelHandle Handle { get; }

    /// <summary>Bytes of all tensors.</summary>
    public long SizeBytes => (long)LlamaApi.ModelSize(Handle);

    /// <summary>
    /// Whether a saved state can be cut to any of its first tokens. A sliding window leaves out what lies before it, and a recurrent state has
    /// no tokens at all.
    /// </summary>
    public bool CanCutStates => LlamaApi.ModelSlidingWindow(Handle) <= 0 && !LlamaApi.ModelIsRecurrent(Handle) && !LlamaApi.ModelIsHybrid(Handle);

    /// <summary>Loads a file whose header has been checked.</summary>
    /// <param name="path">A GGUF file.</param>
    /// <param name="options">How to load it.</param>
    /// <param name="progress">Receives 0 to 1 on this thread.</param>
    /// <param name="cancellationToken">Stops the load at its next report.</param>
    /// <exception cref="LlamaException">llama.cpp refused the file; the message repeats what it said.</exception>
    /// <exception cref="OperationCanceledException">The load was cancelled; nothing is left in memory.</exception>
    public static NativeModel Load(string path, NativeModelOptions options, Action<float>? progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var state = new LoadState(progress, cancellationToken);
        var stateHandle = GCHandle.Alloc(state);
        try
        {
            var parameters = LlamaApi.ModelDefaultParams();
            parameters.GpuLayers = options.GpuLayers;
            parameters.VocabularyOnly = options.VocabularyOnly ? (byte)1 : (byte)0;
            parameters.SplitMode = (int)options.SplitMode;
            parameters.MainGpu = options.MainGpu;
            parameters.LoadMode = LoadMode(options);
            parameters.ProgressCallback = (nint)(delegate* unmanaged[Cdecl]<float, void*, byte>)&OnProgress;
            parameters.ProgressUserData = GCHandle.ToIntPtr(stateHandle);
            _ = LlamaLog.DrainErrors();
            nint model;
            fixed (float* shares = Shares(options))
            {
                // llama.cpp copies them.
                parameters.TensorSplit = (nint)shares;
                model = LlamaApi.ModelLoadFromFile(path, parameters);
            }

            if (model != 0)
            {
                return new NativeModel(new ModelHandle(model));
            }

            state.Failure?.Throw();
            cancellationToken.ThrowIfCancellationRequested();
            var said = LlamaLog.DrainErrors();
            throw new LlamaException(said.Contains("split buffers", StringComparison.Ordinal)
                ? $"llama.cpp could not load '{path}': {said}. This build of llama.cpp spreads rows over no GPU of this kind; set Agent:Model:SplitMode to Layer."
                : $"llama.cpp could not load '{path}': {said}. Check that the file is complete and that its architecture is one this release supports{(options.GpuLayers == 0 ? string.Empty : ", or lower Agent:Model:GpuLayers if the GPU has too little memory")}.");
        }
        finally
        {
            stateHandle.Free();
        }
    }

    /// <summary>Loads a LoRA adapter whose file has been checked against this model; contexts that are created from now on use it.</summary>
    /// <param name="path">A GGUF file.</param>
    /// <param name="scale">How strongly it counts.</param>
    /// <exception cref="LlamaException">llama.cpp refused it; the message repeats what it said.</exception>
    public void LoadAdapter(string path, float scale)
    {
        _ = LlamaLog.DrainErrors();
        var adapter = LlamaApi.AdapterLoraInit(Handle, path);
        if (adapter == 0)
        {
            throw new LlamaException($"llama.cpp could not load the adapter '{path}': {LlamaLog.DrainErrors()}. Name another in Agent:Model:Adapters, or remove it.");
        }

        _adapters.Add((adapter, scale));
    }

    /// <summary>Sets the adapters of a new context.</summary>
    public void ApplyAdapters(ContextHandle context)
    {
        if (_adapters.Count == 0)
        {
            return;
        }

        nint[] adapters = [.. _adapters.Select(adapter => adapter.Adapter)];
        float[] scales = [.. _adapters.Select(adapter => adapter.Scale)];
        fixed (nint* first = adapters)
        {
            fixed (float* scale = scales)
            {
                if (LlamaApi.SetAdaptersLora(context, first, (nuint)adapters.Length, scale) != 0)
                {
                    throw new LlamaException($"llama.cpp could not set the adapters of Agent:Model:Adapters: {LlamaLog.DrainErrors()}. Remove them.");
                }
            }
        }
    }

    public void Dispose() => Handle.Dispose();

    private static int LoadMode(NativeModelOptions options)
    {
        const int Map = 1, Lock = 2;
        return (options.MemoryMap ? Map : 0) | (options.LockMemory ? Lock : 0);
    }

    /// <summary>The shares, in an array of the length that llama.cpp reads; null where there are none.</summary>
    private static float[]? Shares(NativeModelOptions options)
    {
        if (options.TensorSplit.Count == 0)
        {
            return null;
        }

        var shares = new float[(int)LlamaApi.MaxDevices()];
        if (options.TensorSplit.Count > shares.Length)
        {
            throw new LlamaException($"Agent:Model:TensorSplit has {options.TensorSplit.Count} shares, and llama.cpp knows at most {shares.Length} GPUs. Hide some of them from this process.");
        }

        for (var i = 0; i < options.TensorSplit.Count; i++)
        {
            shares[i] = options.TensorSplit[i];
        }

        return shares;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte OnProgress(float progress, void* userData)
    {
        var state = (LoadState)GCHandle.FromIntPtr((nint)userData).Target!;
        return state.Report(progress) ? (byte)1 : (byte)0;
    }
}
