namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>
/// One level of a half-written text; the levels around it are behind <see cref="Parent"/>. What a field means depends on the kind.
/// </summary>
/// <remarks>Immutable. Equal where the parent is the same object: parents are taken from one table.</remarks>
internal sealed record ConstraintFrame(FrameKind Kind, ConstraintFrame? Parent, object? Form)
{
    /// <summary>Levels of objects and arrays that are open.</summary>
    public int Depth { get; init; }

    /// <summary>Where in a fixed text, a name or a number; what an object or array has just had.</summary>
    public int Position { get; init; }

    /// <summary>Characters of a string or number; items; properties that are not named.</summary>
    public int Count { get; init; }

    /// <summary>State of the lexer in a string or name.</summary>
    public int Lexer { get; init; }

    /// <summary>Blanks so far: none, one space, or a line feed and some spaces.</summary>
    public int Blanks { get; init; }

    /// <summary>Named properties that an object holds.</summary>
    public UInt128 Seen { get; init; }

    /// <summary>Other properties that an object holds.</summary>
    public OtherNames? Others { get; init; }

    /// <summary>Hash of a name that may be no named one.</summary>
    public ulong Hash { get; init; }

    /// <summary>Bytes of such a name.</summary>
    public int Length { get; init; }

    public bool Equals(ConstraintFrame? other) =>
        other is not null
        && Kind == other.Kind
        && ReferenceEquals(Parent, other.Parent)
        && ReferenceEquals(Form, other.Form)
        && Depth == other.Depth
        && Position == other.Position
        && Count == other.Count
        && Lexer == other.Lexer
        && Blanks == other.Blanks
        && Seen == other.Seen
        && Hash == other.Hash
        && Length == other.Length
        && Equals(Others, other.Others);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add((int)Kind);
        hash.Add(Parent is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Parent));
        hash.Add(Form is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Form));
        hash.Add(Position);
        hash.Add(Count);
        hash.Add(Lexer);
        hash.Add(Blanks);
        hash.Add(Seen);
        hash.Add(Hash);
        hash.Add(Others?.Hash ?? 0);
        return hash.ToHashCode();
    }
}
