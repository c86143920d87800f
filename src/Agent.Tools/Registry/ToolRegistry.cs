using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Agent.Tools.Masking;

namespace Agent.Tools.Registry;

/// <summary>
/// The tools of a process, ready to be given to a chat client. Immutable and thread-safe; disposing it closes what the tools
/// hold (connections, servers), after which they must not be called.
/// </summary>
public sealed class ToolRegistry : IAsyncDisposable
{
    private readonly FrozenDictionary<string, RegisteredTool> _byName;
    private readonly IReadOnlyList<object> _resources;
    private int _disposed;

    internal ToolRegistry(IReadOnlyList<RegisteredTool> tools, SecretMask mask, IReadOnlyList<object> resources)
    {
        Tools = tools;
        Mask = mask;
        _resources = resources;
        _byName = tools.ToFrozenDictionary(tool => tool.Name, StringComparer.Ordinal);
    }

    /// <summary>The tools: those of the files in file order, then those that C# code added.</summary>
    public IReadOnlyList<RegisteredTool> Tools { get; }

    /// <summary>What the files declare as secret; <see cref="SecretMask.None"/> where they declare nothing.</summary>
    public SecretMask Mask { get; }

    /// <summary>Finds a tool by its exact name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out RegisteredTool? tool) => _byName.TryGetValue(name, out tool);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _disposed, 1) == 0 ? DisposeAllAsync(_resources) : ValueTask.CompletedTask;

    internal static async ValueTask DisposeAllAsync(IEnumerable<object> resources)
    {
        foreach (var resource in resources.Reverse())
        {
            if (resource is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync().ConfigureAwait(false);
            }
            else if (resource is IDisposable disposable)
            {
                disposable.Dispose();
            }
        }
    }
}
