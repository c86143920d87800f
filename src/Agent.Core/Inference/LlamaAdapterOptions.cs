namespace Agent.Core.Inference;

/// <summary>A LoRA adapter to load with a model.</summary>
public sealed record LlamaAdapterOptions
{
    /// <summary>Least and greatest <see cref="Scale"/>.</summary>
    public const float MinScale = -10, MaxScale = 10;

    /// <summary>A GGUF file of an adapter that was trained on the model.</summary>
    public required string Path { get; init; }

    /// <summary>How strongly it counts, over the scale that it was trained with; 0 is as if it were not there.</summary>
    /// <value>-10 to 10. Default 1.</value>
    public float Scale { get; init; } = 1;
}
