namespace Agent.Core.Chat.Prompting;

/// <summary>
/// A prompt was not used because text that only looks like an added token would have become one. It points to a fault of
/// the tokeniser or of the prompt encoder, never of the text.
/// </summary>
public sealed class PromptIsolationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found; holds nothing of the prompt's text.</param>
    public PromptIsolationException(string message)
        : base(message)
    {
    }
}
