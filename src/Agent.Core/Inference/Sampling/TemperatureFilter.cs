using System.Numerics.Tensors;

namespace Agent.Core.Inference.Sampling;

/// <summary>Divides the logits by a temperature: below 1 sharpens the distribution, above 1 flattens it.</summary>
internal sealed class TemperatureFilter(float temperature) : ICandidateFilter
{
    public void Apply(CandidateList candidates) =>
        TensorPrimitives.Divide(candidates.Logits, temperature, candidates.Logits);
}
