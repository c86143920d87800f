namespace Agent.Core.Inference;

/// <summary>No token may follow: a constraint on the text and something else of the request exclude each other.</summary>
/// <remarks>It ends its own request only and reaches the reader as the cause of an <see cref="EngineException"/>.</remarks>
public sealed class ConstraintException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What excludes what, and the fix.</param>
    public ConstraintException(string message)
        : base(message)
    {
    }

    internal static ConstraintException NoToken() =>
        new("The constraint on the answer leaves no token: a logit bias or processor of the request forbids all that it allows. Remove it, or the constraint.");

    internal static ConstraintException Left() =>
        new("The generated text has left its constraint, which a sampler that keeps to the mask cannot do. Check the processors and filters of the request.");
}
