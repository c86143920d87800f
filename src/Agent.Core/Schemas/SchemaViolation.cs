namespace Agent.Core.Schemas;

/// <summary>One way in which a value departs from its schema.</summary>
/// <param name="Path">JSON pointer to the value, or to the place where it is missing; empty for the whole.</param>
/// <param name="Message">A sentence without a full stop, written so that a language model can repair the value from it.</param>
public sealed record SchemaViolation(string Path, string Message)
{
    /// <summary>The message.</summary>
    public override string ToString() => Message;
}
