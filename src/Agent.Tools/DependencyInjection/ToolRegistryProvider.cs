using Agent.Tools.Registry;

namespace Agent.Tools.DependencyInjection;

/// <summary>Builds the registry when it is first asked for, and disposes it with the services.</summary>
internal sealed class ToolRegistryProvider(AgentToolRegistrations registrations, IServiceProvider services) : IToolRegistryProvider, IAsyncDisposable, IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task<ToolRegistry>? _registry;
    private bool _isDisposed;

    public Task<ToolRegistry> GetAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(IToolRegistryProvider));
            if (_registry is null or { IsFaulted: true } or { IsCanceled: true })
            {
                var token = _stopping.Token;
                _registry = Task.Run(() => registrations.CreateBuilder(services).BuildAsync(token), CancellationToken.None);
            }

            return _registry.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task<ToolRegistry>? registry;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            registry = _registry;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        _stopping.Dispose();
        if (registry is not null)
        {
            await ((Task)registry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (registry.IsCompletedSuccessfully)
            {
                await (await registry.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // Services that are disposed synchronously refuse a service which can only be disposed asynchronously.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
