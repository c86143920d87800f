namespace Agent.Host.Remote;

/// <summary>A server did not answer as it should. The message names the server, what it said, and the fix.</summary>
/// <param name="message">What is wrong and how to mend it; without the key of the API.</param>
/// <param name="status">The HTTP status; null where there was no answer, or one that cannot be read.</param>
/// <param name="cause">The cause.</param>
internal sealed class RemoteChatException(string message, int? status, RemoteCause? cause = null) : Exception(message, cause)
{
    /// <summary>The HTTP status; null where there was no answer, or one that cannot be read.</summary>
    public int? Status { get; } = status;
}
