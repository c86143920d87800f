namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>One form that a JSON value may have. Immutable once its shape is closed.</summary>
internal abstract class JsonForm
{
    /// <summary>The height of what no finite value fits.</summary>
    public const int Endless = int.MaxValue / 4;

    /// <summary>Levels of objects and arrays that the flattest value of this form nests; <see cref="Endless"/> where there is none.</summary>
    public abstract int Height { get; }
}
