namespace Agent.Core.Native;

/// <summary>llama.cpp could not be loaded, or refused what it was asked to do. The message names the thing and the fix.</summary>
public class LlamaException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="innerException">The cause, if another exception is.</param>
    public LlamaException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
