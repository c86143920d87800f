using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>Weights and vocabulary of a model in memory.</summary>
/// <remarks>Thread-safe; contexts made from it may be used on different threads.</remarks>
internal sealed unsafe class NativeModel : IDisposable
{
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
            parameters.LoadMode = options.MemoryMap ? 1 : 0;
            parameters.ProgressCallback = (nint)(delegate* unmanaged[Cdecl]<float, void*, byte>)&OnProgress;
            parameters.ProgressUserData = GCHandle.ToIntPtr(stateHandle);
            _ = LlamaLog.DrainErrors();
            var model = LlamaApi.ModelLoadFromFile(path, parameters);
            if (model != 0)
            {
                return new NativeModel(new ModelHandle(model));
            }

            state.Failure?.Throw();
            cancellationToken.ThrowIfCancellationRequested();
            throw new LlamaException($"llama.cpp could not load '{path}': {LlamaLog.DrainErrors()}. Check that the file is complete and that its architecture is one this release supports.");
        }
        finally
        {
            stateHandle.Free();
        }
    }

    public void Dispose() => Handle.Dispose();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte OnProgress(float progress, void* userData)
    {
        var state = (LoadState)GCHandle.FromIntPtr((nint)userData).Target!;
        return state.Report(progress) ? (byte)1 : (byte)0;
    }
}
