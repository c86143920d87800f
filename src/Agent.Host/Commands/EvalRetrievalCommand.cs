using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Core.Retrieval.Search;
using Agent.Host.Composition;
using Agent.Host.Evaluation.Retrieval;
using Agent.Host.Terminal;
using Spectre.Console;

namespace Agent.Host.Commands;

/// <summary><c>agent eval retrieval</c>: measures how well the search finds what somebody judged relevant; the language model is not loaded.</summary>
internal static class EvalRetrievalCommand
{
    public static Command Create(CommandRunner runner)
    {
        var folder = new Argument<string>("folder") { Description = "A collection: corpus.jsonl, queries.jsonl, qrels.tsv." };
        var perQuery = new Option<string?>("--per-query") { Description = "Also write each query with its ranking and scores to a file, one JSON object a line.", HelpName = "FILE" };
        var command = new Command("retrieval", "Measure the search on a collection of documents and judged queries (nDCG@10, recall@10, MRR@10): by words, and with an embedding model also by vectors and both.") { folder, perQuery };
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) =>
            ExecuteAsync(context, parsed.GetRequiredValue(folder), ReportFile.Find(perQuery.Name, parsed.GetValue(perQuery), context.Environment), cancellationToken)));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, string folder, ReportFile? perQuery, CancellationToken cancellationToken)
    {
        var time = context.Environment.Time;
        var settings = context.LoadSettings();
        var path = Path.GetFullPath(folder, context.Environment.CurrentDirectory);
        var collection = await RetrievalCollectionReader.ReadAsync(path, cancellationToken);
        using var models = await PassageModels.ForIngestAsync(settings, context.RuntimeOptions(), cancellationToken);
        var started = time.GetTimestamp();
        var lexical = new LexicalRanking(collection.Documents, cancellationToken);
        var runs = new List<RetrievalRun> { await RunAsync(lexical, time.GetElapsedTime(started)) };
        if (models.Embedder is { } embedder)
        {
            started = time.GetTimestamp();
            var dense = await EmbedAsync(context, collection, embedder, cancellationToken);
            var embedding = time.GetElapsedTime(started);
            runs.Add(await RunAsync(dense, embedding));
            runs.Add(await RunAsync(new FusedRanking(lexical, dense), runs[0].Indexing + embedding));
        }

        Write(context, path, collection, runs);
        if (perQuery is not null)
        {
            await perQuery.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(runs.SelectMany(run => run.Results.Select(result => Line(run.Name, result) + "\n")))));
        }

        return ExitCodes.Success;

        async Task<RetrievalRun> RunAsync(IDocumentRanking ranking, TimeSpan indexing) =>
            new(ranking.Name, indexing, await RetrievalEvaluation.RunAsync(collection, ranking, time, cancellationToken));
    }

    private static async Task<DenseRanking> EmbedAsync(CommandContext context, RetrievalCollection collection, PassageEmbedder embedder, CancellationToken cancellationToken)
    {
        await using var indicator = new ActivityIndicator(context.Terminal);
        indicator.Show("embedding documents");
        var progress = (int done) => indicator.Update(string.Create(CultureInfo.InvariantCulture, $"embedding documents  {done:N0} of {collection.Documents.Count:N0}"));
        return await DenseRanking.CreateAsync(collection.Documents, embedder, progress, cancellationToken);
    }

    private static void Write(CommandContext context, string folder, RetrievalCollection collection, IReadOnlyList<RetrievalRun> runs)
    {
        if (context.IsJson)
        {
            foreach (var run in runs)
            {
                context.Json.Write(json =>
                {
                    json.WriteString("collection"u8, folder);
                    json.WriteString("search"u8, run.Name);
                    json.WriteNumber("documents"u8, collection.Documents.Count);
                    json.WriteNumber("queries"u8, run.Results.Count);
                    json.WriteNumber("unjudged_queries"u8, collection.Unjudged);
                    json.WriteNumber("ndcg_at_10"u8, Math.Round(run.Ndcg, 4));
                    json.WriteNumber("recall_at_10"u8, Math.Round(run.Recall, 4));
                    json.WriteNumber("mrr_at_10"u8, Math.Round(run.ReciprocalRank, 4));
                    JsonLines.WriteMilliseconds(json, "index_ms", run.Indexing);
                    json.WriteNumber("search_p50_ms"u8, Math.Round(run.Milliseconds(0.5), 3));
                    json.WriteNumber("search_p99_ms"u8, Math.Round(run.Milliseconds(0.99), 3));
                });
            }

            return;
        }

        var table = new Table().Border(context.Environment.Streams.IsOutputRedirected ? TableBorder.None : TableBorder.Rounded);
        table.AddColumns("search", "documents", "queries", "nDCG@10", "recall@10", "MRR@10", "p50", "p99");
        foreach (var run in runs)
        {
            table.AddRow(
                run.Name,
                string.Create(CultureInfo.InvariantCulture, $"{collection.Documents.Count:N0}"),
                string.Create(CultureInfo.InvariantCulture, $"{run.Results.Count:N0}"),
                Share(run.Ndcg),
                Share(run.Recall),
                Share(run.ReciprocalRank),
                string.Create(CultureInfo.InvariantCulture, $"{run.Milliseconds(0.5):0.00} ms"),
                string.Create(CultureInfo.InvariantCulture, $"{run.Milliseconds(0.99):0.00} ms"));
        }

        context.Terminal.Out.Write(table);
        if (collection.Unjudged > 0)
        {
            context.Terminal.WriteNotice($"Queries without a relevant document, left out: {collection.Unjudged}.", new Style(Color.Grey));
        }
    }

    private static string Share(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Line(string search, RetrievalResult result) => JsonSerializer.Serialize(new
    {
        search,
        id = result.Query.Id,
        ndcg_at_10 = Math.Round(result.Score.Ndcg, 4),
        recall_at_10 = Math.Round(result.Score.Recall, 4),
        reciprocal_rank = Math.Round(result.Score.ReciprocalRank, 4),
        ranking = result.Ranking,
        relevant = result.Query.Grades,
    });
}
