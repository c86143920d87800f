namespace Agent.Core.Retrieval.Vectors;

/// <summary>Room for the components of one vector while it is worked on. One thread uses it.</summary>
internal sealed class VectorScratch(int dimensions)
{
    public float[] Singles { get; } = new float[dimensions];

    public double[] Doubles { get; } = new double[dimensions];
}
