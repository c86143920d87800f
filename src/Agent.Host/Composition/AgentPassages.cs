using Agent.Core.Agents.Passages;
using Agent.Core.Inference;
using Agent.Core.Prompts;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Chunks;
using Agent.Core.Retrieval.Injection;
using Agent.Core.Retrieval.Storage;
using Agent.Host.Configuration;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Host.Composition;

/// <summary>What an agent uses of a collection: passages before its questions, or a tool that finds them.</summary>
internal sealed class AgentPassages : IAsyncDisposable
{
    private readonly IPassageCollections _collections;

    private readonly PassageModels _models;

    private AgentPassages(IPassageCollections collections, PassageModels models)
    {
        _collections = collections;
        _models = models;
    }

    /// <summary>Puts passages before questions; null where it does not.</summary>
    public PassageInjector? Injector { get; private init; }

    /// <summary>The tools that it adds.</summary>
    public IReadOnlyList<AITool> Tools { get; private init; } = [];

    /// <summary>Opens the collection that the settings name, which also loads its index.</summary>
    /// <returns>Null where the settings want none.</returns>
    /// <exception cref="RetrievalException">There is no such collection, or it cannot be read.</exception>
    /// <exception cref="AgentStartException">A model that the search needs cannot be used.</exception>
    /// <exception cref="PromptFileException">A prompt for passages is missing.</exception>
    public static async Task<AgentPassages?> OpenAsync(AgentSettings settings, PromptLibrary prompts, ITokenizer tokenizer, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        var retrieval = settings.Retrieval;
        if (retrieval.Use == RetrievalUse.Off)
        {
            return null;
        }

        var collections = PassageStorage.Open(settings);
        PassageModels? models = null;
        try
        {
            var store = collections.Get(retrieval.Collection);
            var view = await store.OpenViewAsync(cancellationToken);
            await view.DisposeAsync();
            models = await PassageModels.ForSearchAsync(settings, options, cancellationToken);
            var search = models.CreateSearch(store, settings);
            var language = AgentDefinitions.IsAutomatic(settings.Prompt) ? null : settings.Prompt.Language;
            return retrieval.Use == RetrievalUse.Context
                ? new AgentPassages(collections, models)
                {
                    Injector = new PassageInjector(
                        search,
                        prompts,
                        new PassageInjectorOptions
                        {
                            Top = retrieval.Top,
                            TokenBudget = retrieval.TokenBudget,
                            CountTokens = TokenCounters.Of(tokenizer),
                            Mode = retrieval.Mode,
                            Filter = retrieval.Filter,
                            Language = language,
                        },
                        options.LoggerFactory.CreateLogger<PassageInjector>()),
                }
                : new AgentPassages(collections, models)
                {
                    Tools =
                    [
                        new SearchPassagesFunction(
                            search,
                            new SearchPassagesOptions
                            {
                                Top = retrieval.Top,
                                TokenBudget = retrieval.TokenBudget,
                                CountTokens = TokenCounters.Of(tokenizer),
                                Mode = retrieval.Mode,
                                Filter = retrieval.Filter,
                                Language = language ?? "en",
                            },
                            options.LoggerFactory.CreateLogger<SearchPassagesFunction>()),
                    ],
                };
        }
        catch
        {
            models?.Dispose();
            await collections.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _models.Dispose();
        await _collections.DisposeAsync();
    }
}
