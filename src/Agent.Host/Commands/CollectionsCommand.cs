using System.CommandLine;
using System.Globalization;
using Agent.Core.Retrieval.Storage;
using Agent.Host.Composition;
using Agent.Host.Terminal;
using Spectre.Console;

namespace Agent.Host.Commands;

/// <summary><c>agent collections</c>: lists the collections and removes one.</summary>
internal static class CollectionsCommand
{
    public static Command Create(CommandRunner runner)
    {
        var command = new Command("collections", "List the collections of passages, or remove one.");
        command.SetAction((parsed, _) => runner.RunAsync(parsed, ListAsync));
        var list = new Command("list", "List the collections: documents, passages, size of the index.");
        list.SetAction((parsed, _) => runner.RunAsync(parsed, ListAsync));
        var name = new Argument<string>("name") { Description = "The collection." };
        var remove = new Command("remove", "Remove a collection with all its passages; the documents themselves stay.") { name };
        remove.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) => RemoveAsync(context, parsed.GetRequiredValue(name), cancellationToken)));
        command.Add(list);
        command.Add(remove);
        return command;
    }

    private static async Task<int> ListAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var settings = context.LoadSettings();
        await using var collections = PassageStorage.Open(settings);
        var rows = new List<(CollectionName Name, CollectionStatistics Statistics)>();
        foreach (var name in await collections.ListAsync(cancellationToken))
        {
            await using var view = await collections.Get(name).OpenViewAsync(cancellationToken);
            rows.Add((name, await view.CountAsync(cancellationToken)));
        }

        if (context.IsJson)
        {
            context.Json.Write(json =>
            {
                json.WriteString("place"u8, PassageStorage.Describe(settings));
                json.WriteStartArray("collections"u8);
                foreach (var (name, statistics) in rows)
                {
                    json.WriteStartObject();
                    json.WriteString("name"u8, name.Value);
                    json.WriteNumber("documents"u8, statistics.Documents);
                    json.WriteNumber("passages"u8, statistics.Passages);
                    json.WriteNumber("segments"u8, statistics.Segments);
                    json.WriteNumber("index_bytes"u8, statistics.IndexBytes);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCodes.Success;
        }

        if (rows.Count == 0)
        {
            context.Terminal.WriteNotice($"There are no collections in {PassageStorage.Describe(settings)}. Fill one with: agent ingest PATH");
            return ExitCodes.Success;
        }

        var table = new Table().Border(context.Environment.Streams.IsOutputRedirected ? TableBorder.None : TableBorder.Rounded);
        table.AddColumns("collection", "documents", "passages", "index");
        foreach (var (name, statistics) in rows)
        {
            table.AddRow(
                name.Value,
                string.Create(CultureInfo.InvariantCulture, $"{statistics.Documents:N0}"),
                string.Create(CultureInfo.InvariantCulture, $"{statistics.Passages:N0}"),
                Diagnostics.Size.Of(statistics.IndexBytes));
        }

        context.Terminal.Out.Write(table);
        return ExitCodes.Success;
    }

    private static async Task<int> RemoveAsync(CommandContext context, string text, CancellationToken cancellationToken)
    {
        if (!CollectionName.TryParse(text, out var name))
        {
            throw new UsageException($"'{text}' is no name of a collection.");
        }

        await using var collections = PassageStorage.Open(context.LoadSettings());
        await collections.RemoveAsync(name, cancellationToken);
        context.Terminal.WriteNotice($"Removed collection '{name}'.");
        return ExitCodes.Success;
    }
}
