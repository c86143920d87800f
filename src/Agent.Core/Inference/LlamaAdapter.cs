using System.Globalization;

namespace Agent.Core.Inference;

/// <summary>A LoRA adapter of a loaded model.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Scale">How strongly it counts.</param>
/// <param name="Rank">The greatest rank of its pairs.</param>
/// <param name="WeightCount">How many weights of the model it changes.</param>
/// <param name="IgnoredTensors">How many of its tensors llama.cpp does not use: those of norms that were trained with it.</param>
public sealed record LlamaAdapter(string Path, float Scale, int Rank, int WeightCount, int IgnoredTensors)
{
    /// <summary>The adapter in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Path}: LoRA of rank {Rank} on {WeightCount} weights, scale {Scale}{(IgnoredTensors > 0 ? $"; its {IgnoredTensors} norms are not used" : string.Empty)}");
}
