namespace Agent.Tools.Mcp;

/// <summary>A server did not start.</summary>
/// <param name="reason">Why, in words that a model may read: <c>it did not answer within 20 s</c>.</param>
/// <param name="details">What whoever runs the agent should know beside it; null for nothing.</param>
/// <param name="innerException">The cause.</param>
internal sealed class McpStartException(string reason, string? details = null, Exception? innerException = null) : Exception(reason, innerException)
{
    internal string? Details { get; } = details;
}
