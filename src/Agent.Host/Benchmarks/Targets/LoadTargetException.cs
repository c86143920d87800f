using Agent.Host.Remote;

namespace Agent.Host.Benchmarks.Targets;

/// <summary>A server did not answer a request as it should.</summary>
/// <param name="kind">A stable word: <c>http_429</c>, <c>connection</c>, <c>timeout</c>, <c>protocol</c>, <c>unfinished</c>, <c>server</c>.</param>
/// <param name="message">What is wrong and how to mend it; without the key of the API.</param>
/// <param name="cause">The cause.</param>
internal sealed class LoadTargetException(string kind, string message, RemoteCause? cause = null) : Exception(message, cause)
{
    /// <summary>A stable word for what is wrong.</summary>
    public string Kind { get; } = kind;
}
