using System.Collections.Concurrent;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Testing;
using Agent.Tools.DependencyInjection;
using Agent.Tools.Function;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Function;
using Agent.Tools.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Tests.DependencyInjection;

public sealed class AgentToolsTests : IAsyncDisposable
{
    private readonly ServiceCollection _services = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-di-").FullName;
    private ServiceProvider? _provider;

    public async ValueTask DisposeAsync()
    {
        if (_provider is not null)
        {
            await _provider.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private ServiceProvider Provider => _provider ??= _services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });

    private Task<ToolRegistry> RegistryAsync() => Provider.GetRequiredService<IToolRegistryProvider>().GetAsync();

    private string Write(string text)
    {
        var path = Path.Combine(_folder, "tools.yaml");
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public async Task Tools_of_files_classes_lambdas_and_functions_stand_side_by_side()
    {
        var file = Write("version: 1\ntools:\n  - { name: weather, kind: weather }\n  - { name: say, kind: hello }\n");
        _services.AddAgentTools(file)
            .AddTool<SampleOrders>()
            .AddTool([AgentTool("double", Description = "Double a number", Effects = ToolEffects.Read)] (int n) => 2 * n)
            .AddTool((string text) => text.ToUpperInvariant(), "shout", "Say it loudly")
            .AddTool(AIFunctionFactory.Create(() => 5, "five", "Give five"))
            .AddKind(new HelloKind());
        _services.AddScoped<SampleOrders.Store>();

        var registry = await RegistryAsync();

        Assert.Equal(
            ["weather", "say", "find_orders", "ship", "count_open", "fail_kindly", "fail_badly", "flaky", "double", "shout", "five"],
            registry.Tools.Select(tool => tool.Name));
        Assert.Equal("14", await registry.CallAsync("double", """{"n":7}"""));
        Assert.Equal("\"HI\"", await registry.CallAsync("shout", """{"text":"hi"}"""));
        Assert.Equal("5", await registry.CallAsync("five"));
        Assert.Equal("\"hello\"", await registry.CallAsync("say"));
        Assert.Equal("\"7 to Paris (2)\"", await registry.CallAsync("ship", """{"id":7,"address":{"city":"Paris"}}"""));
        Assert.Equal(
            [(ToolEffects.Read, true), (ToolEffects.Write, false), (ToolEffects.Read, false)],
            new[] { "find_orders", "ship", "double" }.Select(name => registry.TryGet(name, out var tool) ? (tool.Effects, tool.IsIdempotent) : default));
    }

    [Fact]
    public async Task Arguments_are_checked_against_the_schema_before_the_method_sees_them()
    {
        _services.AddScoped<SampleOrders.Store>().AddAgentTools().AddTool<SampleOrders>();
        var registry = await RegistryAsync();
        Assert.Contains("customer", await registry.FailAsync("find_orders"), StringComparison.Ordinal);
        Assert.Contains("Newest", await registry.FailAsync("find_orders", """{"customer":"x","sorting":"Oldest"}"""), StringComparison.Ordinal);
        Assert.Equal("The argument limit cannot be read as a whole number from -2147483648 to 2147483647.", await registry.FailAsync("find_orders", """{"customer":"x","limit":3000000000}"""));
    }

    [Fact]
    public async Task A_call_takes_its_instance_from_the_scope_it_brings()
    {
        _services.AddScoped<SampleOrders.Store>().AddAgentTools().AddTool<SampleOrders>();
        var registry = await RegistryAsync();
        Assert.True(registry.TryGet("find_orders", out var tool));
        await using var scope = Provider.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<SampleOrders.Store>();

        for (var i = 0; i < 2; i++)
        {
            var arguments = ToolCalls.Arguments("""{"customer":"x"}""");
            arguments.Services = scope.ServiceProvider;
            var result = Assert.IsType<JsonElement>(await tool.InvokeAsync(arguments));
            Assert.Equal($"{store.Id}", result[0].GetString());
        }

        Assert.False(store.IsDisposed);
    }

    [Fact]
    public async Task A_call_without_services_gets_a_scope_that_ends_with_it()
    {
        var stores = new ConcurrentQueue<SampleOrders.Store>();
        _services.AddScoped(_ =>
        {
            var store = new SampleOrders.Store();
            stores.Enqueue(store);
            return store;
        }).AddAgentTools().AddTool<SampleOrders>();
        var registry = await RegistryAsync();

        await registry.CallAsync("find_orders", """{"customer":"x"}""");
        await registry.CallAsync("find_orders", """{"customer":"x"}""");

        Assert.Equal(2, stores.Count);
        Assert.All(stores, store => Assert.True(store.IsDisposed));
    }

    [Fact]
    public async Task A_class_that_is_registered_keeps_its_lifetime_and_is_not_disposed_by_a_call()
    {
        _services.AddSingleton<Counter>().AddAgentTools().AddTool<Counter>();
        var registry = await RegistryAsync();
        Assert.Equal("1", await registry.CallAsync("count"));
        Assert.Equal("2", await registry.CallAsync("count"));
        Assert.False(Provider.GetRequiredService<Counter>().IsDisposed);
    }

    [Fact]
    public async Task Errors_for_the_model_pass_and_all_others_stay_hidden()
    {
        _services.AddScoped<SampleOrders.Store>().AddAgentTools().AddTool<SampleOrders>();
        var registry = await RegistryAsync();
        Assert.Equal("There is no such order. Ask for its number.", await registry.FailAsync("fail_kindly"));

        var client = new OneCallClient("fail_badly");
        var result = await new AgentLoop(client).RunAsync([new ChatMessage(ChatRole.User, "x")], new AgentRequest { Tools = [.. registry.Tools], Services = Provider }).ToListAsync();
        Assert.NotNull(client.Result);
        Assert.DoesNotContain("secret-4711", client.Result, StringComparison.Ordinal);
        Assert.DoesNotContain("InvalidOperation", client.Result, StringComparison.Ordinal);
        Assert.Contains("fail", client.Result, StringComparison.OrdinalIgnoreCase);
        Assert.IsType<AgentFinished>(result[^1]);
    }

    [Fact]
    public async Task An_idempotent_method_is_retried()
    {
        var time = new ManualTimeProvider();
        _services.AddSingleton<TimeProvider>(time).AddSingleton<SampleOrders.Store>().AddAgentTools().AddTool<SampleOrders>();
        var registry = await RegistryAsync();
        var call = registry.CallAsync("flaky");
        for (var i = 0; i < 2; i++)
        {
            await time.TimerStartedAsync(due => due < TimeSpan.FromSeconds(5));
            time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        }

        Assert.Equal("\"third time lucky\"", await call);
    }

    [Fact]
    public async Task Limits_hold_for_all_that_have_none_of_their_own()
    {
        var own = new ToolLimits { Timeout = TimeSpan.FromSeconds(1) };
        _services.AddAgentTools()
            .AddTool(() => 1, "one", "One")
            .Configure(new ToolLimits { Timeout = TimeSpan.FromSeconds(3), Retries = 0 })
            .AddTool(() => 2, "two", "Two", own);
        var registry = await RegistryAsync();
        Assert.Equal([TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1)], registry.Tools.Select(tool => tool.Limits.Timeout));
    }

    [Fact]
    public async Task A_method_that_blocks_does_not_hold_up_its_time_out()
    {
        using var release = new ManualResetEventSlim();
        var time = new ManualTimeProvider();
        _services.AddSingleton<TimeProvider>(time).AddAgentTools().AddTool(() => release.Wait(), "block", "Block");
        var registry = await RegistryAsync();
        var call = registry.FailAsync("block");
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("block timed out after 10 s", await call);
        release.Set();
    }

    [Fact]
    public async Task The_registry_is_built_once_for_all_and_ends_with_the_services()
    {
        var builds = 0;
        var resource = new Counter();
        _services.AddAgentTools().AddKind(new ResourceKind(resource)).Configure((_, builder) =>
        {
            Interlocked.Increment(ref builds);
            builder.AddText("version: 1\ntools: [{ name: held, kind: resource }]", "held.yaml");
        });
        _services.AddAgentTools().AddTool(() => 1, "one", "One");
        var provider = Provider.GetRequiredService<IToolRegistryProvider>();

        var registries = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => provider.GetAsync()));

        Assert.Single(registries.Distinct());
        Assert.Equal(1, builds);
        Assert.Equal(["held", "one"], registries[0].Tools.Select(tool => tool.Name));
        await Provider.DisposeAsync();
        Assert.True(resource.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => provider.GetAsync());
    }

    [Fact]
    public async Task A_failure_is_told_and_the_next_call_tries_anew()
    {
        var file = Write("version: 1\ntools: [{ name: say, kind: helo }]");
        _services.AddAgentTools(file).AddKind(new HelloKind());
        var provider = Provider.GetRequiredService<IToolRegistryProvider>();

        var problem = Assert.Single((await Assert.ThrowsAsync<ToolsFileException>(() => provider.GetAsync())).Problems);
        Assert.Contains("Did you mean \"hello\"?", problem.Fix, StringComparison.Ordinal);

        Write("version: 1\ntools: [{ name: say, kind: hello }]");
        Assert.Single((await provider.GetAsync()).Tools);
    }

    [Fact]
    public async Task One_who_gives_up_waiting_does_not_stop_the_others()
    {
        using var impatience = new CancellationTokenSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var release = new ManualResetEventSlim();
        _services.AddAgentTools().AddTool(() => 1, "one", "One").Configure((_, _) =>
        {
            started.SetResult();
            release.Wait();
        });
        var provider = Provider.GetRequiredService<IToolRegistryProvider>();
        var first = provider.GetAsync(impatience.Token);
        var second = provider.GetAsync();
        await started.Task;

        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        release.Set();
        Assert.Single((await second).Tools);
    }

    [Fact]
    public async Task Names_given_twice_and_lambdas_without_any_are_told()
    {
        _services.AddAgentTools().AddTool(() => 1, "one", "One").AddTool(() => 2, "one", "Two");
        Assert.Contains("\"one\"", (await Assert.ThrowsAsync<ArgumentException>(RegistryAsync)).Message, StringComparison.Ordinal);
        Assert.Contains("is no name of a tool", Assert.Throws<ArgumentException>(() => _services.AddAgentTools().AddTool(() => 1, description: "One")).Message, StringComparison.Ordinal);
        Assert.Contains("has no description", Assert.Throws<ArgumentException>(() => _services.AddAgentTools().AddTool(() => 1, "one")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Services_may_be_disposed_synchronously()
    {
        _services.AddAgentTools().AddTool(() => 1, "one", "One");
        using var provider = _services.BuildServiceProvider();
        _ = provider.GetRequiredService<IToolRegistryProvider>().GetAsync();
    }

    /// <summary>A stand-in for functions of other frameworks, which derive from AIFunction and look for their services in the call.</summary>
    [Fact]
    public async Task A_function_of_another_framework_works_as_it_is()
    {
        _services.AddSingleton<Counter>().AddAgentTools().AddTool(new ForeignFunction(AIFunctionFactory.Create((int a, int b) => a + b, "math-add", "Add two numbers")));
        var registry = await RegistryAsync();
        Assert.Equal("math-add", registry.Tools[0].Name);
        Assert.Equal("3 (1)", await registry.CallAsync("math-add", """{"a":1,"b":2}"""));
        Assert.Contains("b", await registry.FailAsync("math-add", """{"a":1}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keyed_services_are_filled_in_and_no_part_of_the_schema()
    {
        _services.AddKeyedSingleton("main", new SampleOrders.Store { Attempts = 7 });
        _services.AddAgentTools()
            .AddTool(([FromKeyedServices("main")] SampleOrders.Store store, int n) => store.Attempts + n, "sum", "Add to the attempts")
            .AddTool(([FromKeyedServices("other")] SampleOrders.Store? store = null) => store is null, "absent", "Tell whether it is absent")
            .AddTool(([FromKeyedServices("other")] SampleOrders.Store store) => store.Id, "missing", "Need what is not there");
        var registry = await RegistryAsync();
        Assert.Equal(["n"], registry.Tools[0].JsonSchema.GetProperty("properties").EnumerateObject().Select(property => property.Name));
        Assert.Equal("9", await registry.CallAsync("sum", """{"n":2}"""));
        Assert.Equal("true", await registry.CallAsync("absent"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => registry.CallAsync("missing"));
    }

    [Fact]
    public async Task Loggers_of_the_services_are_used()
    {
        var log = new CapturingLoggerFactory();
        _services.AddSingleton<ILoggerFactory>(log).AddAgentTools().AddTool(() => 1, "one", "One");
        await (await RegistryAsync()).CallAsync("one");
        Assert.Contains(log.Lines, line => line.Contains("Tool one answered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Programs_are_allowed_only_where_the_application_says_so()
    {
        const string Text = "version: 1\ntools: [{ name: run, description: Run, kind: process, options: { command: dotnet } }]";
        _services.AddAgentTools().Configure((_, builder) => builder.AddText(Text, "tools.yaml"));
        var provider = Provider.GetRequiredService<IToolRegistryProvider>();
        Assert.Contains("switched off", (await Assert.ThrowsAsync<ToolsFileException>(() => provider.GetAsync())).Message, StringComparison.Ordinal);

        var allowing = new ServiceCollection();
        allowing.AddAgentTools().AllowProcesses().Configure((_, builder) => builder.AddText(Text, "tools.yaml"));
        await using var allowed = allowing.BuildServiceProvider();
        Assert.Single((await allowed.GetRequiredService<IToolRegistryProvider>().GetAsync()).Tools);
    }

    private sealed class Counter : IDisposable
    {
        private int _count;

        public bool IsDisposed { get; private set; }

        /// <summary>Count the calls.</summary>
        [AgentTool]
        public int Count() => Interlocked.Increment(ref _count);

        public void Dispose() => IsDisposed = true;
    }

    private sealed class ForeignFunction(AIFunction inner) : DelegatingAIFunction(inner)
    {
        protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
            $"{await base.InvokeCoreAsync(arguments, cancellationToken)} ({arguments.Services!.GetRequiredService<Counter>().Count()})";
    }

    private sealed class HelloKind : IToolKind
    {
        public string Name => "hello";

        public IToolSource Read(ToolDefinition definition, ToolKindContext context) =>
            new ReadyToolSource(new CreatedTool(AIFunctionFactory.Create(() => "hello", definition.Name, "Say hello")));
    }

    private sealed class ResourceKind(IDisposable resource) : IToolKind
    {
        public string Name => "resource";

        public IToolSource Read(ToolDefinition definition, ToolKindContext context)
        {
            context.DisposeWithRegistry(resource);
            return new ReadyToolSource(new CreatedTool(AIFunctionFactory.Create(() => 1, definition.Name, "Hold it")));
        }
    }

    /// <summary>Calls one tool, then answers; it keeps the result that the tool gave.</summary>
    private sealed class OneCallClient(string tool) : IChatClient
    {
        public string? Result { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            Result = messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>().Select(content => $"{content.Result}").LastOrDefault();
            yield return Result is null
                ? new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("call_1", tool, new Dictionary<string, object?>(StringComparer.Ordinal))]) { FinishReason = ChatFinishReason.ToolCalls }
                : new ChatResponseUpdate(ChatRole.Assistant, "done") { FinishReason = ChatFinishReason.Stop };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
