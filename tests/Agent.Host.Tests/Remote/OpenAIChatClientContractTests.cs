using Agent.Core.Tests.Chat.Client;
using Agent.Host.Remote;
using Agent.Host.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Remote;

/// <summary>The contract that every chat client keeps to, over a server.</summary>
public sealed class OpenAIChatClientContractTests : ChatClientContract, IAsyncLifetime
{
    private OpenAIServer _server = null!;

    public async Task InitializeAsync() => _server = await OpenAIServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    protected override IChatClient CreateChatClient() => new OpenAIChatClient(new OpenAIChatClientOptions { Endpoint = _server.Endpoint, Model = "echo" });
}
