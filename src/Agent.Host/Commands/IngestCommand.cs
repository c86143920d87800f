using System.CommandLine;
using System.Globalization;
using Agent.Core.Retrieval.Chunks;
using Agent.Core.Retrieval.Ingest;
using Agent.Core.Retrieval.Storage;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Terminal;
using Spectre.Console;

namespace Agent.Host.Commands;

/// <summary><c>agent ingest</c>: brings documents into a collection; of the model only the vocabulary is loaded.</summary>
internal static class IngestCommand
{
    // More would scroll what matters off the screen.
    private const int MostShown = 20;

    public static Command Create(CommandRunner runner)
    {
        var paths = new Argument<string[]>("path") { Description = "Files and folders; folders with all that lies below them.", Arity = ArgumentArity.OneOrMore };
        var keep = new Option<bool>("--keep") { Description = "Keep documents whose files are gone." };
        var watch = new Option<bool>("--watch") { Description = "Go on: ingest again whenever something changes, until Ctrl-C." };
        var options = new CollectionOptions("Label the documents; may be given several times.", "Give the documents metadata; may be given several times.");
        var command = new Command("ingest", "Bring documents into a collection: Markdown, text, HTML, CSV, JSON, JSON Lines, DOCX. Only what changed is read again.") { paths, keep, watch };
        options.AddTo(command);
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) => ExecuteAsync(
            context,
            new IngestRequest(
                [.. parsed.GetRequiredValue(paths).Select(path => Path.GetFullPath(path, context.Environment.CurrentDirectory))], parsed.GetValue(keep), parsed.GetValue(watch)),
            parsed,
            options,
            cancellationToken)));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, IngestRequest request, ParseResult parsed, CollectionOptions options, CancellationToken cancellationToken)
    {
        var settings = context.LoadSettings();
        var ingestOptions = new IngestOptions
        {
            Chunks = new ChunkOptions { MaxTokens = settings.Retrieval.ChunkTokens },
            Tags = options.Tags(parsed),
            Metadata = options.Metadata(parsed),
            RemoveMissing = !request.Keep,
        };
        using var vocabulary = settings.Retrieval.CountTokens == TokenCounting.Model
            ? await ModelLoading.LoadVocabularyAsync(settings, context.RuntimeOptions(), cancellationToken)
            : null;
        if (vocabulary is not null)
        {
            ingestOptions = ingestOptions with { TokenCounter = TokenCounters.Of(vocabulary.Tokenizer), TokenCounterName = TokenCounters.NameOf(vocabulary.Tokenizer) };
        }

        using var models = await PassageModels.ForIngestAsync(settings, context.RuntimeOptions(), cancellationToken);
        ingestOptions = ingestOptions with { Embedder = models.Embedder };
        await using var collections = PassageStorage.Open(settings);
        var name = options.Collection(parsed, settings);
        await using var writer = await collections.Get(name).OpenWriterAsync(cancellationToken);
        await using var indicator = new ActivityIndicator(context.Terminal);
        var progress = new IngestIndicator(indicator, context.Environment.Time);
        var ingestion = new Ingestion(writer, ingestOptions, time: context.Environment.Time);
        indicator.Show("looking for files");
        if (!request.Watch)
        {
            var report = await ingestion.RunAsync(request.Paths, progress, cancellationToken);
            await indicator.HideAsync();
            Write(context, name, report);
            return report.Problems.Count == 0 ? ExitCodes.Success : ExitCodes.Failed;
        }

        await foreach (var report in new IngestWatch(ingestion, context.Environment.Time).RunAsync(request.Paths, progress, cancellationToken))
        {
            await indicator.HideAsync();
            Write(context, name, report);
            indicator.Show("watching; Ctrl-C ends it");
        }

        return ExitCodes.Success;
    }

    private static void Write(CommandContext context, CollectionName name, IngestReport report)
    {
        if (context.IsJson)
        {
            WriteJson(context, name, report);
            return;
        }

        foreach (var problem in report.Problems.Take(MostShown))
        {
            context.Terminal.WriteNotice($"✗ {Shown(context, problem.Path)}: {problem.Problem}. {problem.Fix}", new Style(Color.Red));
        }

        foreach (var warning in report.Warnings.Take(MostShown))
        {
            context.Terminal.WriteNotice($"! {Shown(context, warning.Path)}: {warning.Message}", new Style(Color.Yellow));
        }

        WriteMore(context, report.Problems.Count, "problems");
        WriteMore(context, report.Warnings.Count, "warnings");
        if (report.Ignored.Count > 0)
        {
            var kinds = report.Ignored.OrderByDescending(pair => pair.Value).Take(6).Select(pair => Invariant($"{(pair.Key.Length == 0 ? "without extension" : pair.Key)} {pair.Value:N0}"));
            context.Terminal.WriteNotice(Invariant($"Not documents: {report.Ignored.Values.Sum():N0} files ({string.Join(", ", kinds)})."), new Style(Color.Grey));
        }

        var seconds = Math.Max(report.Duration.TotalSeconds, 0.001);
        var vectors = report.Embedded > 0 ? Invariant($", {report.Embedded:N0} vectors") : string.Empty;
        var rate = report.Chunks > 0 ? Invariant($", {report.Chunks / seconds:N0} passages/s") : string.Empty;
        context.Terminal.Out.WriteLine(Invariant(
            $"{name}: {report.Added:N0} added, {report.Updated:N0} updated, {report.Removed:N0} removed, {report.Unchanged:N0} unchanged; {report.Chunks:N0} passages{vectors} in {seconds:0.0} s{rate}"));
    }

    private static void WriteMore(CommandContext context, int count, string what)
    {
        if (count > MostShown)
        {
            context.Terminal.WriteNotice(Invariant($"... and {count - MostShown:N0} more {what}; --json lists them all."));
        }
    }

    private static void WriteJson(CommandContext context, CollectionName name, IngestReport report) => context.Json.Write(json =>
    {
        json.WriteString("collection"u8, name.Value);
        json.WriteNumber("added"u8, report.Added);
        json.WriteNumber("updated"u8, report.Updated);
        json.WriteNumber("removed"u8, report.Removed);
        json.WriteNumber("unchanged"u8, report.Unchanged);
        json.WriteNumber("passages"u8, report.Chunks);
        json.WriteNumber("vectors"u8, report.Embedded);
        json.WriteNumber("bytes"u8, report.Bytes);
        JsonLines.WriteMilliseconds(json, "duration_ms", report.Duration);
        json.WriteStartObject("ignored"u8);
        foreach (var (extension, count) in report.Ignored)
        {
            json.WriteNumber(extension, count);
        }

        json.WriteEndObject();
        json.WriteStartArray("problems"u8);
        foreach (var problem in report.Problems)
        {
            json.WriteStartObject();
            json.WriteString("path"u8, problem.Path);
            json.WriteString("problem"u8, problem.Problem);
            json.WriteString("fix"u8, problem.Fix);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("warnings"u8);
        foreach (var warning in report.Warnings)
        {
            json.WriteStartObject();
            json.WriteString("path"u8, warning.Path);
            json.WriteString("message"u8, warning.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string Shown(CommandContext context, string path) => ShortPath.Of(path, context.Environment.CurrentDirectory);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record IngestRequest(IReadOnlyList<string> Paths, bool Keep, bool Watch);
}
