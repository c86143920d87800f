using System.Threading.Channels;
using Agent.Tools.Reloading;

namespace Agent.Host.Commands;

/// <summary>Keeps what came of edits of the tool file until there is a good moment to show it. Added to by any thread, read by one.</summary>
internal sealed class ToolReloadInbox
{
    private readonly Channel<ToolReload> _results = Channel.CreateUnbounded<ToolReload>(new UnboundedChannelOptions { SingleReader = true });
    private Task? _arrival;

    /// <summary>Completes when there is something to take. The same task until it was taken: a reader may ask often.</summary>
    public Task Arrival => _arrival ??= _results.Reader.WaitToReadAsync().AsTask();

    /// <summary>Adds a result.</summary>
    public void Add(ToolReload result) => _results.Writer.TryWrite(result);

    /// <summary>Takes all of them, but no failure that is mended since: nobody can do anything about it.</summary>
    public IReadOnlyList<ToolReload> Take()
    {
        List<ToolReload> results = [];
        while (_results.Reader.TryRead(out var result))
        {
            results.RemoveAll(earlier => earlier is ToolReloadFailed);
            results.Add(result);
        }

        if (_arrival is { IsCompleted: true })
        {
            _arrival = null;
        }

        return results;
    }
}
