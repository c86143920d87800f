namespace Agent.Core.Schemas;

/// <summary>How far a value is from what a schema describes.</summary>
internal enum SchemaMismatch
{
    /// <summary>The value is faulty.</summary>
    Fault,

    /// <summary>The value is of another kind: another type, or none of the listed values.</summary>
    Kind,

    /// <summary>The value is another constant, which tells alternatives apart also as a property of them.</summary>
    Constant,
}
