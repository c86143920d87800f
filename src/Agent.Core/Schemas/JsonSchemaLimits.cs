namespace Agent.Core.Schemas;

/// <summary>Bounds on schemas and on the work of checking a value. Immutable and thread-safe.</summary>
/// <remarks>A schema beyond a bound does not compile; a value beyond a bound is refused with a violation.</remarks>
public sealed record JsonSchemaLimits
{
    /// <summary>The bounds that hold unless others are given.</summary>
    public static JsonSchemaLimits Default { get; } = new();

    /// <summary>Levels of objects and arrays in the schema text.</summary>
    /// <value>32.</value>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Bytes of the schema text in UTF-8.</summary>
    /// <value>65,536.</value>
    public int MaxBytes { get; init; } = 64 * 1024;

    /// <summary>Levels of objects and arrays in a value.</summary>
    /// <value>64.</value>
    public int MaxInstanceDepth { get; init; } = 64;

    /// <summary>Violations reported for one value; the search stops there.</summary>
    /// <value>20.</value>
    public int MaxViolations { get; init; } = 20;

    /// <summary>Steps of work for one value, a step being about one keyword against one value.</summary>
    /// <value>1,000,000, which takes a fraction of a second.</value>
    public int MaxSteps { get; init; } = 1_000_000;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDepth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInstanceDepth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxViolations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSteps, 1);
    }
}
