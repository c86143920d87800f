using System.Text;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Schemas;
using Agent.Tools.Mcp.Listing;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Yaml;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Mcp;

/// <summary>Starts the server, chooses among its tools and compares them with the pin; everything that is wrong is reported at its place.</summary>
internal sealed partial class McpSource(ToolDefinition definition, McpOptions options, ToolKindContext context, McpConnection connection) : IToolSource
{
    // More tools than this leave a model no room for a question.
    internal const int MaximumTools = 64;
    internal const int MaximumDescriptionBytes = 4 * 1_024;
    internal const int MaximumListBytes = 64 * 1_024;

    // A problem is one line, and a line of a person's terminal ends somewhere.
    private const int ToolsInOneProblem = 12;

    private readonly ILogger _logger = context.LoggerFactory.CreateLogger<McpKind>();

    public async ValueTask<IReadOnlyList<CreatedTool>> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var session = await connection.SessionAsync(cancellationToken).ConfigureAwait(false);
            var before = context.Problems.Count;
            var chosen = Choose(session.Tools);
            var tools = context.Problems.Count == before ? Create(chosen) : [];
            return context.Problems.Count == before && IsPinned(chosen) ? tools : [];
        }
        catch (McpStartException exception)
        {
            Report(options.Position, $"the server did not start: {exception.Message}", exception.Details is { } details ? Capital(details) : "Start it by hand to see more");
            return [];
        }
    }

    private List<ListedTool> Choose(IReadOnlyList<ListedTool> listed)
    {
        foreach (var twice in listed.GroupBy(tool => tool.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            Report(options.Position, $"the server lists the tool \"{UntrustedText.OneLine(twice.Key, 64)}\" twice", "Leave it out with \"exclude\", or tell the author of the server");
        }

        foreach (var name in (options.Tools ?? []).Concat(options.Exclude).Where(name => listed.All(tool => tool.Name != name.Text)))
        {
            Report(name.Position, $"the server has no tool {name.Shape}", Suggestion.For(name.Text, [.. listed.Select(tool => UntrustedText.OneLine(tool.Name, 64))], "Its tools"));
        }

        var chosen = listed
            .Where(tool => (options.Tools is null || options.Tools.Any(name => name.Text == tool.Name)) && options.Exclude.All(name => name.Text != tool.Name))
            .ToList();
        if (chosen.Count == 0)
        {
            Report(options.Position, listed.Count == 0 ? "the server has no tools" : "no tool is left", listed.Count == 0 ? "Remove the entry" : "Correct \"tools\" and \"exclude\"");
        }
        else if (chosen.Count > MaximumTools)
        {
            Report(options.Position, $"{chosen.Count} tools are chosen, more than {MaximumTools}", "List the ones that are needed under \"tools\"");
        }

        var bytes = chosen.Sum(tool => (long)tool.Canonical.Length);
        if (bytes > MaximumListBytes)
        {
            var largest = chosen.OrderByDescending(tool => tool.Canonical.Length).Take(3).Select(tool => $"{UntrustedText.OneLine(tool.Name, 64)} {tool.Canonical.Length}");
            Report(options.Position, $"the chosen tools are described in {bytes} bytes, more than {MaximumListBytes} (the largest: {string.Join(", ", largest)})", "List the ones that are needed under \"tools\"");
        }

        return chosen;
    }

    private List<CreatedTool> Create(List<ListedTool> chosen)
    {
        var names = new Dictionary<string, ListedTool>(StringComparer.Ordinal);
        var tools = new List<CreatedTool>();
        foreach (var tool in chosen)
        {
            var shown = UntrustedText.OneLine(tool.Name, 64);
            var name = ToolNames.Of(tool.Name, options.Prefix);
            if (!names.TryAdd(name, tool))
            {
                Report(options.Position, $"the server's tools \"{UntrustedText.OneLine(names[name].Name, 64)}\" and \"{shown}\" would both be the tool \"{name}\"", $"Leave one out: exclude: [\"{shown}\"]");
                continue;
            }

            var schema = Schema(tool, name, shown);
            if (schema is { } enforced)
            {
                var function = new McpFunction(name, Description(tool, name), enforced, tool, connection, options.Redactor);
                var isRead = options.TrustAnnotations && tool.IsReadOnly;
                tools.Add(new CreatedTool(function)
                {
                    IsIdempotent = options.TrustAnnotations && tool.IsIdempotent,
                    Effects = isRead ? ToolEffects.Read : ToolEffects.Write,
                });
            }
        }

        return tools;
    }

    private JsonElement? Schema(ListedTool tool, string name, string shown)
    {
        if (tool.InputSchema is not { } given)
        {
            Report(options.Position, $"the server's tool \"{shown}\" has no \"inputSchema\"", $"Leave it out: exclude: [\"{shown}\"]");
            return null;
        }

        try
        {
            var schema = UntrustedSchema.Clean(given, out var removed);
            if (UntrustedSchema.FindHidden(schema) is { } hidden)
            {
                Report(
                    options.Position,
                    $"the schema of the server's tool \"{shown}\" holds the hidden character U+{hidden.Character.Value:X4} at \"{UntrustedText.OneLine(hidden.Pointer, 200)}\", where it cannot be taken out",
                    $"Leave it out: exclude: [\"{shown}\"]");
                return null;
            }

            JsonSchema.CompileForTool(name, schema);
            if (removed > 0)
            {
                LogCleaned(definition.Name, name, removed, "the schema");
            }

            return schema;
        }
        catch (JsonSchemaException exception)
        {
            var place = exception.Pointer.Length == 0 ? string.Empty : $" at \"{UntrustedText.OneLine(exception.Pointer, 200)}\"";
            Report(options.Position, $"the schema of the server's tool \"{shown}\" cannot be enforced{place}: {UntrustedText.OneLine(exception.Problem, 300)}", $"Leave it out: exclude: [\"{shown}\"]");
            return null;
        }
    }

    private string Description(ListedTool tool, string name)
    {
        var text = new[] { tool.Description, tool.Title }.FirstOrDefault(text => !string.IsNullOrWhiteSpace(text)) ?? $"The tool {tool.Name} of {definition.Name}";
        var clean = UntrustedText.Clean(text, out var removed).Trim();
        if (removed > 0)
        {
            LogCleaned(definition.Name, name, removed, "the description");
        }

        var cut = TextCut.FitBytes(clean, MaximumDescriptionBytes, " ...");
        if (cut.Length < clean.Length)
        {
            LogCut(definition.Name, name, Encoding.UTF8.GetByteCount(clean), MaximumDescriptionBytes);
        }

        return cut;
    }

    private bool IsPinned(List<ListedTool> chosen)
    {
        var hash = ToolHash.Of(chosen);
        if (options.Pin == hash)
        {
            return true;
        }

        var position = options.PinPosition ?? options.Position;
        foreach (var tool in chosen)
        {
            var offered = UntrustedText.OneLine(options.Redactor.Redact(tool.ForReview()), MaximumListBytes);
            LogOffered(definition.Name, tool.Label, offered);
        }

        var labels = chosen.OrderBy(tool => tool.Name, StringComparer.Ordinal).Select(tool => tool.Label).Chunk(ToolsInOneProblem).ToList();
        var what = options.Pin is null ? "the tools are not reviewed" : "the tools are not the pinned ones";
        var line = options.Pin is null ? "Review their descriptions (the log has them), then add the line" : "Compare the hashes in brackets, review what changed (the log has it), then write the line";
        for (var i = 0; i < labels.Count; i++)
        {
            var part = labels.Count == 1 ? string.Empty : $" ({i + 1} of {labels.Count})";
            Report(position, $"{what}{part}: {string.Join(", ", labels[i])}", $"{line}   pin: {hash}");
        }

        return false;
    }

    private void Report(SourcePosition position, string message, string fix) =>
        context.Problems.Add(position, $"{options.Redactor.Redact(message)} in tool \"{definition.Name}\"", options.Redactor.Redact(fix));

    private static string Capital(string text) => string.Concat(char.ToUpperInvariant(text[0]).ToString(), text.AsSpan(1));

    [LoggerMessage(Level = LogLevel.Warning, Message = "MCP server {Server}, tool {Tool}: {Count} hidden characters were taken out of {Place}")]
    private partial void LogCleaned(string server, string tool, int count, string place);

    [LoggerMessage(Level = LogLevel.Warning, Message = "MCP server {Server}, tool {Tool}: the description has {Size} bytes and was cut to {Maximum}")]
    private partial void LogCut(string server, string tool, int size, int maximum);

    [LoggerMessage(Level = LogLevel.Information, Message = "MCP server {Server} offers {Tool}: {Definition}")]
    private partial void LogOffered(string server, string tool, string definition);
}
