using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Host.Evaluation.Retrieval;
using Agent.Host.Terminal;
using Spectre.Console;

namespace Agent.Host.Commands;

/// <summary><c>agent eval retrieval</c>: measures how well the search finds what somebody judged relevant; no model is loaded.</summary>
internal static class EvalRetrievalCommand
{
    public static Command Create(CommandRunner runner)
    {
        var folder = new Argument<string>("folder") { Description = "A collection: corpus.jsonl, queries.jsonl, qrels.tsv." };
        var perQuery = new Option<string?>("--per-query") { Description = "Also write each query with its ranking and scores to a file, one JSON object a line.", HelpName = "FILE" };
        var command = new Command("retrieval", "Measure the search on a collection of documents and judged queries (nDCG@10, recall@10, MRR@10); no model is loaded.") { folder, perQuery };
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) =>
            ExecuteAsync(context, parsed.GetRequiredValue(folder), ReportFile.Find(perQuery.Name, parsed.GetValue(perQuery), context.Environment), cancellationToken)));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, string folder, ReportFile? perQuery, CancellationToken cancellationToken)
    {
        var time = context.Environment.Time;
        var path = Path.GetFullPath(folder, context.Environment.CurrentDirectory);
        var collection = await RetrievalCollectionReader.ReadAsync(path, cancellationToken);
        var started = time.GetTimestamp();
        var ranking = new LexicalRanking(collection.Documents, cancellationToken);
        var indexing = time.GetElapsedTime(started);
        var results = RetrievalEvaluation.Run(collection.Queries, ranking.Search, time, cancellationToken);
        Write(context, path, collection, results, indexing);
        if (perQuery is not null)
        {
            await perQuery.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(results.Select(result => Line(result) + "\n"))));
        }

        return ExitCodes.Success;
    }

    private static void Write(CommandContext context, string folder, RetrievalCollection collection, IReadOnlyList<RetrievalResult> results, TimeSpan indexing)
    {
        var (ndcg, recall, reciprocal) = (results.Average(r => r.Score.Ndcg), results.Average(r => r.Score.Recall), results.Average(r => r.Score.ReciprocalRank));
        var milliseconds = results.Select(r => r.Duration.TotalMilliseconds).Order().ToList();
        var (p50, p99) = (milliseconds[milliseconds.Count / 2], milliseconds[(int)(milliseconds.Count * 0.99)]);
        if (context.IsJson)
        {
            context.Json.Write(json =>
            {
                json.WriteString("collection"u8, folder);
                json.WriteString("search"u8, "lexical");
                json.WriteNumber("documents"u8, collection.Documents.Count);
                json.WriteNumber("queries"u8, results.Count);
                json.WriteNumber("unjudged_queries"u8, collection.Unjudged);
                json.WriteNumber("ndcg_at_10"u8, Math.Round(ndcg, 4));
                json.WriteNumber("recall_at_10"u8, Math.Round(recall, 4));
                json.WriteNumber("mrr_at_10"u8, Math.Round(reciprocal, 4));
                JsonLines.WriteMilliseconds(json, "index_ms", indexing);
                json.WriteNumber("search_p50_ms"u8, Math.Round(p50, 3));
                json.WriteNumber("search_p99_ms"u8, Math.Round(p99, 3));
            });
            return;
        }

        var table = new Table().Border(context.Environment.Streams.IsOutputRedirected ? TableBorder.None : TableBorder.Rounded);
        table.AddColumns("search", "documents", "queries", "nDCG@10", "recall@10", "MRR@10", "p50", "p99");
        table.AddRow(
            "lexical",
            string.Create(CultureInfo.InvariantCulture, $"{collection.Documents.Count:N0}"),
            string.Create(CultureInfo.InvariantCulture, $"{results.Count:N0}"),
            Share(ndcg),
            Share(recall),
            Share(reciprocal),
            string.Create(CultureInfo.InvariantCulture, $"{p50:0.00} ms"),
            string.Create(CultureInfo.InvariantCulture, $"{p99:0.00} ms"));
        context.Terminal.Out.Write(table);
        if (collection.Unjudged > 0)
        {
            context.Terminal.WriteNotice($"Queries without a relevant document, left out: {collection.Unjudged}.", new Style(Color.Grey));
        }
    }

    private static string Share(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Line(RetrievalResult result) => JsonSerializer.Serialize(new
    {
        id = result.Query.Id,
        ndcg_at_10 = Math.Round(result.Score.Ndcg, 4),
        recall_at_10 = Math.Round(result.Score.Recall, 4),
        reciprocal_rank = Math.Round(result.Score.ReciprocalRank, 4),
        ranking = result.Ranking,
        relevant = result.Query.Grades,
    });
}
