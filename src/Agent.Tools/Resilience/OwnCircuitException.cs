using Polly.CircuitBreaker;

namespace Agent.Tools.Resilience;

/// <summary>Carries what a circuit inside a tool threw past the pipeline's own, which would take it for its own refusal.</summary>
/// <param name="thrown">What the tool threw.</param>
internal sealed class OwnCircuitException(BrokenCircuitException thrown) : Exception(thrown.Message, thrown)
{
    /// <summary>What the tool threw.</summary>
    public BrokenCircuitException Thrown { get; } = thrown;
}
