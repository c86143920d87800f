namespace Agent.Core.Inference.Sampling;

/// <summary>Buffers that one thread lends to the samplers it runs.</summary>
internal sealed class SamplerScratch(int vocabularySize)
{
    /// <summary>Room for one row of logits.</summary>
    public float[] Logits { get; } = new float[vocabularySize];

    /// <summary>Room for the candidates of one step.</summary>
    public CandidateList Candidates { get; } = new(vocabularySize);
}
