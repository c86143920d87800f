using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Inference;

/// <summary>The model that ships with the product, loaded once for all tests that run it.</summary>
public sealed class EmbeddedModelFixture : IAsyncLifetime
{
    public LlamaModel Model { get; private set; } = null!;

    public async Task InitializeAsync() => Model = await LlamaModel.LoadAsync(
        LlamaRuntime.Load(new LlamaRuntimeOptions(), NullLogger.Instance),
        new LlamaModelOptions { Path = Repository.EmbeddedModel },
        progress: null,
        NullLogger.Instance);

    public Task DisposeAsync()
    {
        Model.Dispose();
        return Task.CompletedTask;
    }
}
