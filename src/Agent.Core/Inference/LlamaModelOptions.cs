using Agent.Core.Native;

namespace Agent.Core.Inference;

/// <summary>Which model to load, and how.</summary>
public sealed record LlamaModelOptions
{
    /// <summary>Most <see cref="GpuLayers"/>.</summary>
    public const int MaxGpuLayers = 1000;

    /// <summary>A GGUF file.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The file's SHA-256 in hexadecimal; a file with another is refused before it is parsed. Of a split model (<c>NAME-00001-of-00003.gguf</c>) those
    /// of all its files, in order, with commas between.
    /// </summary>
    /// <value>Default: null, not checked.</value>
    public string? Sha256 { get; init; }

    /// <summary>
    /// Layers to put on GPUs, counted from the last one; the output is one of them and comes first. The rest is computed by the CPU.
    /// </summary>
    /// <value>0 to 1,000; 0 uses no GPU. Default: null, all of them. Without a GPU it says nothing.</value>
    public int? GpuLayers { get; init; }

    /// <summary>How layers are spread over several GPUs.</summary>
    /// <value>Default <see cref="GpuSplitMode.Layer"/>. Without a GPU it says nothing.</value>
    public GpuSplitMode SplitMode { get; init; } = GpuSplitMode.Layer;

    /// <summary>The one GPU that is used with <see cref="GpuSplitMode.None"/>, counted from 0 in the order of <see cref="LlamaRuntime.GetDevices"/>.</summary>
    /// <value>0 or more, less than there are GPUs. Default: null, the first one.</value>
    public int? MainGpu { get; init; }

    /// <summary>The share of each GPU, for example 3 and 1 for three quarters and one quarter.</summary>
    /// <value>As many as there are GPUs, each 0 or more, not all 0. Default: empty, by their free memory.</value>
    public IReadOnlyList<float> TensorSplit { get; init; } = [];

    /// <summary>Maps the file into memory instead of reading it.</summary>
    /// <value>Default true.</value>
    public bool MemoryMap { get; init; } = true;

    /// <summary>Keeps the weights on the CPU's side in memory, so that they are never paged out.</summary>
    /// <value>Default false. Where the system's limit for locked memory is too small, the log says so and they are not locked.</value>
    public bool LockMemory { get; init; }

    /// <summary>LoRA adapters that change the model's weights while it computes, all of them in every request.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<LlamaAdapterOptions> Adapters { get; init; } = [];

    /// <summary>Checks every value that can be judged without the machine.</summary>
    /// <exception cref="ArgumentException">A value is outside its range, or does not go with another; the message names the key and the fix.</exception>
    public void Validate()
    {
        if (GpuLayers is < 0 or > MaxGpuLayers)
        {
            throw Invalid($"GpuLayers is {GpuLayers}; it must be 0 to {MaxGpuLayers:N0}, or empty for all layers");
        }

        if (!Enum.IsDefined(SplitMode))
        {
            throw Invalid($"SplitMode is {(int)SplitMode}; it must be None, Layer or Row");
        }

        if (MainGpu is < 0)
        {
            throw Invalid($"MainGpu is {MainGpu}; it must be 0 or more");
        }

        if (MainGpu is not null && SplitMode != GpuSplitMode.None)
        {
            throw Invalid($"MainGpu counts only where one GPU is used, and SplitMode is {SplitMode}. Set Agent:Model:SplitMode to None, or remove Agent:Model:MainGpu");
        }

        CheckTensorSplit();
        CheckAdapters();
    }

    private static ArgumentException Invalid(string problem) => new($"Agent:Model:{problem}.");

    private void CheckTensorSplit()
    {
        if (TensorSplit.Count == 0)
        {
            return;
        }

        if (SplitMode == GpuSplitMode.None)
        {
            throw Invalid("TensorSplit spreads a model over several GPUs, and SplitMode is None. Set Agent:Model:SplitMode to Layer or Row, or remove Agent:Model:TensorSplit");
        }

        for (var i = 0; i < TensorSplit.Count; i++)
        {
            if (!(float.IsFinite(TensorSplit[i]) && TensorSplit[i] >= 0))
            {
                throw Invalid($"TensorSplit:{i} is {TensorSplit[i]}; a share must be 0 or more");
            }
        }

        if (!TensorSplit.Any(share => share > 0) || !float.IsFinite(TensorSplit.Sum()))
        {
            throw Invalid("TensorSplit has no share above 0, or its sum is none. Give each GPU its share, for example 3 and 1");
        }
    }

    private void CheckAdapters()
    {
        for (var i = 0; i < Adapters.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(Adapters[i].Path))
            {
                throw Invalid($"Adapters:{i}:Path is empty. Name a LoRA adapter in GGUF format");
            }

            if (!(Adapters[i].Scale >= LlamaAdapterOptions.MinScale && Adapters[i].Scale <= LlamaAdapterOptions.MaxScale))
            {
                throw Invalid($"Adapters:{i}:Scale is {Adapters[i].Scale}; it must be {LlamaAdapterOptions.MinScale} to {LlamaAdapterOptions.MaxScale}");
            }
        }

        if (Adapters.Count > 0 && SplitMode == GpuSplitMode.Row)
        {
            throw Invalid("Adapters do not go with SplitMode Row, which spreads each weight over GPUs. Set Agent:Model:SplitMode to Layer");
        }
    }
}
