using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Core.Agents;
using Agent.Testing;
using Agent.Tools.DependencyInjection;
using Agent.Tools.Function;
using Agent.Tools.Ledger;
using Agent.Tools.Masking;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tools.Tests.DependencyInjection;

public enum Sorting
{
    Newest,
    Dearest,
}

public sealed record Order(int Number, decimal Total);

public interface IOrders
{
    Task<IReadOnlyList<Order>> FindAsync(string customer, Sorting sorting, int limit, CancellationToken cancellationToken);

    bool TryCancel(int number);
}

public sealed class Orders : IOrders
{
    public Task<IReadOnlyList<Order>> FindAsync(string customer, Sorting sorting, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Order>>([new Order(7, 10.50m)]);

    public bool TryCancel(int number) => number == 7;
}

public sealed class OrderTools(IOrders orders)
{
    /// <summary>Find the orders of a customer.</summary>
    /// <param name="customer">The customer's full name.</param>
    /// <param name="sorting">What comes first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Filled in; the model does not see it.</param>
    [AgentTool(Idempotent = true)]
    public async Task<IReadOnlyList<Order>> FindOrdersAsync(
        string customer, Sorting sorting = Sorting.Newest, int limit = 10, CancellationToken cancellationToken = default) =>
        await orders.FindAsync(customer, sorting, limit, cancellationToken);

    /// <summary>Cancel an order that is not shipped yet.</summary>
    /// <param name="number">The order's number.</param>
    [AgentTool("cancel_order", Effects = ToolEffects.Write)]
    public string Cancel(int number) =>
        orders.TryCancel(number) ? "cancelled" : throw new ToolException($"Order {number} is shipped already. Offer a return.");
}

/// <summary>The examples of docs/dotnet.md: they stand in this file, so they compile, and run.</summary>
public sealed partial class DotnetDocumentationTests
{
    [Fact]
    public void Every_example_stands_in_this_file()
    {
        var page = File.ReadAllText(Repository.Locate("docs", "dotnet.md"));
        var source = Lines(File.ReadAllText(Repository.Locate("tests", "Agent.Tools.Tests", "DependencyInjection", "DotnetDocumentationTests.cs")));
        var examples = Block().Matches(page);
        Assert.Equal(6, examples.Count);
        Assert.All(examples, example => Assert.Contains(Lines(example.Groups["text"].Value), source, StringComparison.Ordinal));

        static string Lines(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
    }

    [Fact]
    public async Task The_examples_do_what_they_say()
    {
        var services = new ServiceCollection();
        using var client = new NoModel();
        var folder = Directory.CreateTempSubdirectory("agent-docs-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "tools.yaml"), "version: 1\ntools: []\n");

            services.AddScoped<IOrders, Orders>();
            services.AddAgentTools("tools.yaml")
                .AddTool<OrderTools>()
                .AddTool((int celsius) => celsius * 9 / 5 + 32, "fahrenheit", "Convert degrees Celsius to Fahrenheit")
                .Configure(new ToolLimits { Timeout = TimeSpan.FromSeconds(5) });
            services.AddAgentTools().AddTool(AIFunctionFactory.Create((int a, int b) => a + b, "add", "Add two numbers"));

            var registrations = (AgentToolRegistrations)services.Single(service => service.ServiceType == typeof(AgentToolRegistrations)).ImplementationInstance!;
            registrations.Files[0] = Path.Combine(folder.FullName, registrations.Files[0]);
            await using var provider = services.BuildServiceProvider(validateScopes: true);
            await using var scope = provider.CreateAsyncScope();

            var registry = await provider.GetRequiredService<IToolRegistryProvider>().GetAsync();
            var agent = new AgentLoop(client);
            var request = new AgentRequest { Tools = [.. registry.Tools], Services = scope.ServiceProvider };

            Assert.NotNull(agent);
            Assert.Equal(["find_orders", "cancel_order", "fahrenheit", "add"], request.Tools!.Select(tool => tool.Name));
            Assert.Contains("\"number\": 7", await registry.CallAsync("find_orders", """{"customer":"Alice"}"""), StringComparison.Ordinal);
            Assert.Equal("Order 8 is shipped already. Offer a return.", await registry.FailAsync("cancel_order", """{"number":8}"""));
            Assert.Equal("212", await registry.CallAsync("fahrenheit", """{"celsius":100}"""));
            Assert.Equal("5", await registry.CallAsync("add", """{"a":2,"b":3}"""));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_call_waits_for_approval_in_the_transcript_and_is_carried_out_once()
    {
        var services = new ServiceCollection();
        services.AddScoped<IOrders, Orders>();
        services.AddAgentTools().AddTool<OrderTools>();
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        var registry = await provider.GetRequiredService<IToolRegistryProvider>().GetAsync();
        var request = new AgentRequest { Tools = [.. registry.Tools] };
        var logger = NullLogger<LedgerToolInvoker>.Instance;
        using var client = new CancellingModel();
        var folder = Directory.CreateTempSubdirectory("agent-docs-");
        try
        {
            var file = Path.Combine(folder.FullName, "ledger.db");

            var ledger = new SqliteToolLedger(file);
            var agent = new AgentLoop(client, new AgentLoopOptions
            {
                Mask = registry.Mask,
                DecorateToolInvoker = function => new MaskingToolInvoker(new LedgerToolInvoker(function, ledger, logger), () => registry.Mask),
            });

            List<ChatMessage> messages = [new(ChatRole.User, "Cancel order 7.")];
            var result = await agent.RunToCompletionAsync(messages, request);
            messages.AddRange(result.NewMessages);
            if (result.Finished.PendingApprovals is [var approval, ..])
            {
                // Store the messages, ask somebody, come back after a restart.
                var stored = JsonSerializer.Serialize(messages, AIJsonUtilities.DefaultOptions);
                messages = JsonSerializer.Deserialize<List<ChatMessage>>(stored, AIJsonUtilities.DefaultOptions)!;
                messages.Add(new ChatMessage(ChatRole.User, [approval.CreateResponse(approved: true)]));
                result = await agent.RunToCompletionAsync(messages, request);
            }

            Assert.Equal("cancelled", result.Text);
            Assert.Equal(AgentFinishReason.Completed, result.Reason);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex("```csharp\n(?<text>.*?)```", RegexOptions.Singleline, 5000)]
    private static partial Regex Block();

    /// <summary>Calls once, then repeats the result.</summary>
    private sealed class CancellingModel : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            AIContent content = messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().LastOrDefault() is { } result
                ? new TextContent($"{result.Result}")
                : new FunctionCallContent("1", "cancel_order", new Dictionary<string, object?>(StringComparer.Ordinal) { ["number"] = 7 });
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [content])));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetResponseAsync(messages, options, cancellationToken).Result.ToChatResponseUpdates().ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed class NoModel : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
