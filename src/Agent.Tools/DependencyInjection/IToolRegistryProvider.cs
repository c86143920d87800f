using Agent.Tools.Registry;

namespace Agent.Tools.DependencyInjection;

/// <summary>
/// Gives the tools of an application. They are made when they are first asked for, as that takes files and, for some kinds,
/// the network. Thread-safe.
/// </summary>
public interface IToolRegistryProvider
{
    /// <summary>
    /// The registry, built once; all callers get the same, and it is disposed with the services. A failure is thrown to those
    /// who wait for it, and the next call tries anew.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting; what is being built is built on for others.</param>
    /// <exception cref="ToolsFileException">A tools file is wrong; all problems are listed.</exception>
    /// <exception cref="ArgumentException">Two tools share a name, or one has a schema that cannot be enforced.</exception>
    /// <exception cref="ObjectDisposedException">The services are disposed.</exception>
    Task<ToolRegistry> GetAsync(CancellationToken cancellationToken = default);
}
