namespace Agent.Core.Retrieval;

/// <summary>Passages cannot be stored or searched. The message names the thing and the fix.</summary>
public sealed class RetrievalException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and what to do, in sentences.</param>
    /// <param name="innerException">The cause, if another exception revealed it.</param>
    public RetrievalException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
