namespace Agent.Core.Schemas;

/// <summary>A violation with what is needed to choose between alternatives.</summary>
/// <param name="Violation">The violation.</param>
/// <param name="Depth">How deep in the value it lies.</param>
/// <param name="Mismatch">What it says about an alternative that reports it.</param>
internal sealed record SchemaFinding(SchemaViolation Violation, int Depth, SchemaMismatch Mismatch)
{
    /// <summary>Whether an alternative that reports this, for a value at a depth, was not the one meant.</summary>
    public bool RulesOut(int depth) => Mismatch switch
    {
        SchemaMismatch.Kind => Depth <= depth,
        SchemaMismatch.Constant => Depth <= depth + 1,
        _ => false,
    };
}
