namespace Agent.Core.Agents;

/// <summary>
/// A tool failure whose message is meant for the model: short, actionable and free of secrets. The loop hands the message
/// of any other exception type to the log only, and tells the model no more than that the tool failed.
/// </summary>
public class ToolException : Exception
{
    /// <summary>Creates the failure.</summary>
    /// <param name="message">What went wrong and what to change, in words for the model.</param>
    /// <param name="innerException">The cause, for the log.</param>
    public ToolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
