namespace Agent.Core.Inference.Sampling;

/// <summary>Narrows or reshapes the candidates of one step before the draw: top-k, top-p, min-p, temperature.</summary>
/// <remarks>Called between two steps of the engine, on several threads at once: it must not block or allocate. Instances are immutable and may be shared.</remarks>
public interface ICandidateFilter
{
    /// <summary>Changes the candidates in place; it must leave at least one.</summary>
    void Apply(CandidateList candidates);
}
