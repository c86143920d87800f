using System.CommandLine;
using System.Globalization;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Storage;
using Agent.Host.Composition;
using Agent.Host.Terminal;
using Spectre.Console;

namespace Agent.Host.Commands;

/// <summary><c>agent search</c>: shows the passages that fit a question; the language model is not loaded.</summary>
internal static class SearchCommand
{
    private const int ShownCharacters = 240;

    public static Command Create(CommandRunner runner)
    {
        var query = new Argument<string>("query") { Description = "A question or words, in any language." };
        var top = new Option<int>("--top") { Description = "How many passages at most.", HelpName = "N", DefaultValueFactory = _ => 5 };
        top.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000)
            {
                result.AddError("--top: give a number from 1 to 1000.");
            }
        });
        var full = new Option<bool>("--full") { Description = "Show the whole text of each passage." };
        var mode = new Option<SearchMode?>("--mode") { Description = "How to look (Agent:Retrieval:Mode): lexical, or with an embedding model dense or fused." };
        var options = new CollectionOptions("Only documents with this tag; given several times, with all of them.", "Only documents with this metadata; given several times, with all of it.");
        var command = new Command("search", "Show the passages of a collection that fit a question best; the language model is not loaded.") { query, top, full, mode };
        options.AddTo(command);
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) => ExecuteAsync(
            context,
            new PassageQuery { Text = parsed.GetRequiredValue(query), Top = parsed.GetValue(top), Filter = new PassageFilter { Tags = options.Tags(parsed), Metadata = options.Metadata(parsed) } },
            options.Collection(parsed, context.LoadSettings()),
            parsed.GetValue(full),
            parsed.GetValue(mode),
            cancellationToken)));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, PassageQuery query, CollectionName name, bool full, SearchMode? mode, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(query.Text))
        {
            throw new UsageException("The query is empty. Give a question or some words.");
        }

        var settings = context.LoadSettings();
        settings = mode is null ? settings : settings with { Retrieval = settings.Retrieval with { Mode = mode.Value } };
        if (settings.Retrieval.Mode != SearchMode.Lexical && !settings.Embedding.IsSet)
        {
            throw new UsageException($"--mode {settings.Retrieval.Mode} needs an embedding model. Set Agent:Embedding:Path or Agent:Embedding:Url.");
        }

        await using var collections = PassageStorage.Open(settings);
        using var models = await PassageModels.ForSearchAsync(settings, context.RuntimeOptions(), cancellationToken);
        var started = context.Environment.Time.GetTimestamp();
        var hits = await models.CreateSearch(collections.Get(name), settings).SearchAsync(query, cancellationToken);
        if (context.IsJson)
        {
            WriteJson(context, name, hits, context.Environment.Time.GetElapsedTime(started));
            return ExitCodes.Success;
        }

        if (hits.Count == 0)
        {
            context.Terminal.WriteNotice($"Nothing in collection '{name}' fits.");
        }

        for (var i = 0; i < hits.Count; i++)
        {
            Write(context, i + 1, hits[i], full);
        }

        return ExitCodes.Success;
    }

    private static void Write(CommandContext context, int number, PassageHit hit, bool full)
    {
        var passage = hit.Passage;
        var path = string.Join(" > ", passage.Path);
        var source = ShortPath.Of(passage.Source, context.Environment.CurrentDirectory);
        var line = string.Create(CultureInfo.InvariantCulture, $"[{number}] {path}  ({source}, {passage.Start}-{passage.End}, score {hit.Score:0.00})");
        context.Terminal.Out.WriteLine(TerminalText.OneLine(TerminalText.Clean(line), 500), new Style(decoration: Decoration.Bold));
        context.Terminal.Out.WriteLine(TerminalText.Clean(full ? passage.Text : TerminalText.OneLine(passage.Text, ShownCharacters)));
        context.Terminal.Out.WriteLine();
    }

    private static void WriteJson(CommandContext context, CollectionName name, IReadOnlyList<PassageHit> hits, TimeSpan duration) => context.Json.Write(json =>
    {
        json.WriteString("collection"u8, name.Value);
        JsonLines.WriteMilliseconds(json, "duration_ms", duration);
        json.WriteStartArray("passages"u8);
        foreach (var (passage, score) in hits)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, passage.Id);
            json.WriteNumber("score"u8, Math.Round(score, 6));
            json.WriteString("source"u8, passage.Source);
            json.WriteString("title"u8, passage.Title);
            WriteTexts("heading_path", passage.HeadingPath);
            json.WriteNumber("ordinal"u8, passage.Ordinal);
            json.WriteNumber("start"u8, passage.Start);
            json.WriteNumber("end"u8, passage.End);
            json.WriteNumber("tokens"u8, passage.TokenCount);
            json.WriteString("text"u8, passage.Text);
            WriteTexts("tags", passage.Tags);
            json.WriteStartObject("metadata"u8);
            foreach (var (key, value) in passage.Metadata)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();

        void WriteTexts(string key, IReadOnlyList<string> texts)
        {
            json.WriteStartArray(key);
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }
    });
}
