using System.Threading.Channels;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Reloading;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Reloading;

/// <summary>A tools file in a folder of its own, a clock, and a kind that counts what is open.</summary>
internal sealed class ReloadFixture : IDisposable
{
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private readonly Channel<ToolReload> _results = Channel.CreateUnbounded<ToolReload>();
    private bool _isPollDue;

    public ReloadFixture() => Write("a");

    public string Folder { get; } = Directory.CreateTempSubdirectory("agent-reload-").FullName;

    public string FileName => Path.Combine(Folder, "tools.yaml");

    public ManualTimeProvider Time { get; } = new();

    public CountingKind Kind { get; } = new();

    public int Builds { get; private set; }

    /// <summary>Called before each build.</summary>
    public Action<ToolRegistryBuilder> Configure { get; set; } = _ => { };

    public ToolReloadOptions Options { get; set; } = new() { UsesNotifications = false };

    public bool HasResult => _results.Reader.Count > 0;

    public static string Yaml(params string[] names) =>
        "version: 1\ntools:\n" + string.Concat(names.Select(name => $"  - {{ name: {name.TrimEnd('!')}, kind: counting{(name.EndsWith('!') ? ", options: { x: 1 }" : "")} }}\n"));

    public void Write(params string[] names) => File.WriteAllText(FileName, Yaml(names));

    public Task<ReloadingToolRegistry> StartAsync() => ReloadingToolRegistry.StartAsync(
        () =>
        {
            Builds++;
            var builder = new ToolRegistryBuilder { Environment = _ => null }.AddKind(Kind).AddFile(FileName);
            Configure(builder);
            return builder;
        },
        Options with { TimeProvider = Time, OnReload = result => _results.Writer.TryWrite(result), PollInterval = Options.UsesNotifications ? TimeSpan.FromHours(1) : Poll });

    /// <summary>Lets the files be looked at, and what is new settle.</summary>
    public async Task<ToolReload> NextAsync()
    {
        await PollAsync();
        await SettleAsync();
        return await ResultAsync();
    }

    public async Task PollAsync()
    {
        if (!_isPollDue)
        {
            await Time.TimerStartedAsync(time => time == Poll);
        }

        _isPollDue = false;
        Time.Advance(Poll);
    }

    public async Task SettleAsync()
    {
        await Time.TimerStartedAsync(time => time == Quiet);
        Time.Advance(Quiet);
    }

    public async Task<ToolReload> ResultAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _results.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Lets the files be looked at, and waits until that is over; no edit was new.</summary>
    public async Task NothingAsync()
    {
        await PollAsync();
        await Time.TimerStartedAsync(time => time == Poll);
        _isPollDue = true;
        Assert.False(HasResult);
    }

    public static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Makes tools that tell whether what they stand on is open.</summary>
    internal sealed class CountingKind : IToolKind
    {
        private int _opened;
        private int _closed;

        public string Name => "counting";

        public int Opened => Volatile.Read(ref _opened);

        public int Closed => Volatile.Read(ref _closed);

        /// <summary>Awaited while a source opens.</summary>
        public Func<CancellationToken, Task> OnOpen { get; set; } = _ => Task.CompletedTask;

        public IToolSource? Read(ToolDefinition definition, ToolKindContext context)
        {
            var reader = context.ReadOptions(definition);
            reader.Integer("x", 0, 9);
            reader.End();
            var resource = new Resource(this);
            context.DisposeWithRegistry(resource);
            return new Source(this, definition.Name, resource);
        }

        private sealed class Source(CountingKind kind, string name, Resource resource) : IToolSource
        {
            public async ValueTask<IReadOnlyList<CreatedTool>> OpenAsync(CancellationToken cancellationToken)
            {
                await kind.OnOpen(cancellationToken);
                return [new CreatedTool(AIFunctionFactory.Create(resource.Use, name, "Says whether it is open"))];
            }
        }

        private sealed class Resource : IAsyncDisposable
        {
            private readonly CountingKind _kind;
            private int _disposals;

            public Resource(CountingKind kind)
            {
                _kind = kind;
                Interlocked.Increment(ref kind._opened);
            }

            public string Use() => Volatile.Read(ref _disposals) == 0 ? "open" : "closed";

            public ValueTask DisposeAsync()
            {
                // A second time counts too: the number of closed ones then exceeds that of opened ones.
                Interlocked.Increment(ref _disposals);
                Interlocked.Increment(ref _kind._closed);
                return ValueTask.CompletedTask;
            }
        }
    }
}
