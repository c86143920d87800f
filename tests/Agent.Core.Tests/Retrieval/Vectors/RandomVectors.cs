namespace Agent.Core.Tests.Retrieval.Vectors;

/// <summary>Vectors as tests need them; the same seed gives the same.</summary>
internal sealed class RandomVectors(int seed, int dimensions)
{
    private readonly Random _random = new(seed);

    /// <summary>A direction that is as likely as any other, of any length.</summary>
    public float[] Next()
    {
        var scale = 1 + (_random.NextSingle() * 9);
        return [.. Enumerable.Range(0, dimensions).Select(_ => Gaussian() * scale)];
    }

    /// <summary>A direction near another.</summary>
    /// <param name="centre">The other.</param>
    /// <param name="spread">Tangent of the angle between them, about.</param>
    public float[] Near(float[] centre, float spread)
    {
        var noise = spread * MathF.Sqrt(centre.Sum(x => x * x)) / MathF.Sqrt(dimensions);
        return [.. centre.Select(x => x + (Gaussian() * noise))];
    }

    private float Gaussian() => MathF.Sqrt(-2 * MathF.Log(1 - _random.NextSingle())) * MathF.Cos(MathF.Tau * _random.NextSingle());
}
