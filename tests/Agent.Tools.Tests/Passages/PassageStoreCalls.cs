using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;

namespace Agent.Tools.Tests.Passages;

/// <summary>What tests do with a store, in one call.</summary>
internal static class PassageStoreCalls
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task PutAsync(this PassageStore store, params IndexedDocument[] documents)
    {
        await using var writer = await store.OpenWriterAsync();
        foreach (var document in documents)
        {
            await writer.PutAsync(document);
        }
    }

    public static async Task EmbedAsync(this PassageStore store, PassageEmbedder embedder)
    {
        await using var writer = await store.OpenWriterAsync();
        var chunks = await writer.ReadUnembeddedAsync(embedder.Name, 0, 1000);
        await writer.PutVectorsAsync(await embedder.EmbedAsync(chunks, CancellationToken.None));
    }

    public static Task<IReadOnlyList<PassageHit>> SearchAsync(this PassageStore store, string text, PassageEmbedder? embedder = null) =>
        new PassageSearch(store, null, embedder).SearchAsync(new PassageQuery { Text = text, Mode = embedder is null ? SearchMode.Lexical : SearchMode.Dense }).WaitAsync(Limit);

    public static async Task<IReadOnlyList<string>> SourcesAsync(this PassageStore store, string text) =>
        [.. (await store.SearchAsync(text)).Select(hit => hit.Passage.Source).Order(StringComparer.Ordinal)];
}
