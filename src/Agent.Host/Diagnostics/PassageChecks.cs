using Agent.Core.Prompts;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Injection;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Remote;

namespace Agent.Host.Diagnostics;

/// <summary>What an answer from passages needs: the collection, the prompts around them, and a search with all its models.</summary>
internal static class PassageChecks
{
    // Any word will do: what matters is that every model on the way takes it.
    private const string Probe = "test";

    /// <summary>The checks; none where the settings want no passages.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="options">Loggers, clock and environment.</param>
    /// <param name="cancellationToken">Stops the checks.</param>
    public static async IAsyncEnumerable<DoctorCheck> OfAsync(
        AgentSettings settings, AgentRuntimeOptions options, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (settings.Retrieval.Use == RetrievalUse.Off)
        {
            yield break;
        }

        await using var collections = PassageStorage.Open(settings);
        var store = collections.Get(settings.Retrieval.Collection);
        var collection = await CollectionAsync(store, settings, cancellationToken);
        yield return collection;
        if (settings.Retrieval.Use == RetrievalUse.Context)
        {
            yield return Prompts(store, settings);
        }

        if (collection.Status == DoctorStatus.Ok)
        {
            yield return await SearchAsync(store, settings, options, cancellationToken);
        }
    }

    private static async Task<DoctorCheck> CollectionAsync(PassageStore store, AgentSettings settings, CancellationToken cancellationToken)
    {
        const string Name = "collection";
        try
        {
            await using var view = await store.OpenViewAsync(cancellationToken);
            var count = await view.CountAsync(cancellationToken);
            var place = PassageStorage.Describe(settings);
            return count.Passages > 0
                ? DoctorCheck.Ok(Name, $"{store.Name}: {count.Documents} documents, {count.Passages} passages, in {place}")
                : DoctorCheck.Warn(Name, $"{store.Name}: no passages, in {place}", $"Fill it with: agent ingest PATH --collection {store.Name}");
        }
        catch (RetrievalException e)
        {
            return DoctorCheck.Fail(Name, e, ExitCodes.Failed);
        }
    }

    private static DoctorCheck Prompts(PassageStore store, AgentSettings settings)
    {
        const string Name = "passage prompts";
        try
        {
            // An injector reads them when it is made.
            var language = AgentDefinitions.IsAutomatic(settings.Prompt) ? null : settings.Prompt.Language;
            var prompts = PromptLibrary.Load(settings.Resolve(settings.Prompt.Directory).Full);
            _ = new PassageInjector(new PassageSearch(store), prompts, new PassageInjectorOptions { Language = language });
            string[] languages = language is null ? ["en", "zh"] : [language];
            return DoctorCheck.Ok(Name, string.Join(", ", languages.SelectMany(name => new[] { $"passages.{name}", $"no_passages.{name}" })));
        }
        catch (PromptFileException e)
        {
            return DoctorCheck.Fail(Name, e, ExitCodes.Usage);
        }
    }

    private static async Task<DoctorCheck> SearchAsync(PassageStore store, AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        const string Name = "search";
        try
        {
            using var models = await PassageModels.ForSearchAsync(settings, options, cancellationToken);
            _ = await models.CreateSearch(store, settings).SearchAsync(new PassageQuery { Text = Probe, Top = 1 }, cancellationToken);
            string?[] parts =
            [
                settings.Retrieval.Mode.ToString(),
                models.Embedder is { } embedder ? $"vectors of {embedder.Name}" : null,
                settings.Retrieval.Reranker is { } reranker ? $"reranked by {reranker}" : null,
            ];
            return DoctorCheck.Ok(Name, string.Join(", ", parts.OfType<string>()));
        }
        catch (AgentStartException e)
        {
            return DoctorCheck.Fail(Name, e, ExitCodes.CannotLoad);
        }
        catch (Exception e) when (e is RetrievalException or RemoteChatException)
        {
            return DoctorCheck.Fail(Name, e, ExitCodes.Failed);
        }
    }
}
