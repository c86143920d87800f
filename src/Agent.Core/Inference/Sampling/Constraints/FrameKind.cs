namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>What a level of a half-written text is waiting for.</summary>
internal enum FrameKind
{
    /// <summary>Nothing more.</summary>
    End,

    /// <summary>The rest of a call before its arguments.</summary>
    CallHead,

    /// <summary>The end of a call behind its arguments.</summary>
    CallTail,

    /// <summary>The first byte of a value.</summary>
    Value,

    /// <summary>The rest of a string.</summary>
    String,

    /// <summary>The rest of a number.</summary>
    Number,

    /// <summary>The rest of a fixed text.</summary>
    Literal,

    /// <summary>A property, or the end of an object.</summary>
    Object,

    /// <summary>The rest of a property's name.</summary>
    Name,

    /// <summary>The colon behind a name.</summary>
    Colon,

    /// <summary>An item, or the end of an array.</summary>
    Array,
}
