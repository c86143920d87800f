using Agent.Core.Agents;
using Agent.Tools.Http;
using Agent.Tools.Registry;
using Agent.Tools.Yaml;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.OpenApi;

/// <summary>Loads the document and makes a tool of each chosen operation; everything that is wrong is reported at its place.</summary>
internal sealed class OpenApiSource(ToolDefinition definition, OpenApiOptions options, ToolKindContext context, HttpClient client) : IToolSource
{
    // More tools than this leave a model no room for a question.
    private const int MaximumTools = 64;

    public async ValueTask<IReadOnlyList<CreatedTool>> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var document = await new OpenApiDocumentLoader(options, client, context.TimeProvider).LoadAsync(cancellationToken).ConfigureAwait(false);
            return Create(document);
        }
        catch (OpenApiException exception)
        {
            Report(options.DocumentPosition, exception.Message, exception.Fix);
            return [];
        }
    }

    private List<CreatedTool> Create(OpenApiDocument document)
    {
        var compiler = new OperationCompiler(document, options);
        var logger = context.LoggerFactory.CreateLogger<HttpFunction>();
        var names = new Dictionary<string, OpenApiOperation>(StringComparer.Ordinal);
        var tools = new List<CreatedTool>();
        foreach (var (operation, selection) in Choose(document))
        {
            var position = selection?.Position ?? options.DocumentPosition;
            var name = OperationName.ToolName(operation, options.Prefix);
            if (!names.TryAdd(name, operation))
            {
                Report(position, $"operations \"{names[name].DisplayName}\" and \"{operation.DisplayName}\" would both be the tool \"{name}\"", "Choose one of them, or change an operationId");
                continue;
            }

            try
            {
                var (schema, request) = compiler.Compile(operation, name, selection);
                var function = new HttpFunction(name, OperationName.Description(operation), schema, request, client, context.TimeProvider, logger);
                tools.Add(new CreatedTool(function) { IsIdempotent = operation.OnlyReads, Effects = operation.OnlyReads ? ToolEffects.Read : ToolEffects.Write });
            }
            catch (OpenApiException exception)
            {
                Report(position, $"operation \"{operation.DisplayName}\" cannot be a tool: {exception.Message}", exception.Fix);
            }
        }

        return tools;
    }

    private List<(OpenApiOperation Operation, OpenApiSelection? Selection)> Choose(OpenApiDocument document)
    {
        var chosen = new List<(OpenApiOperation, OpenApiSelection?)>();
        if (options.Operations is null)
        {
            chosen.AddRange(document.Operations.Where(operation => operation.OnlyReads).Select(operation => (operation, (OpenApiSelection?)null)));
            if (chosen.Count == 0)
            {
                Report(options.DocumentPosition, "the document has no operation that only reads", "List the ones that are needed under \"operations\"");
            }
        }

        foreach (var selection in options.Operations ?? [])
        {
            var found = document.Operations.Where(operation => operation.IsNamed(selection.Operation)).ToList();
            if (found.Count == 1)
            {
                chosen.Add((found[0], selection));
            }
            else
            {
                Report(
                    selection.Position,
                    $"the document has {(found.Count == 0 ? "no operation" : $"{found.Count} operations")} \"{selection.Operation}\"",
                    found.Count == 0 ? Suggestion.For(selection.Operation, [.. document.Operations.Select(operation => operation.DisplayName)], "Operations") : "Name it by method and path");
            }
        }

        if (chosen.Count > MaximumTools)
        {
            Report(options.DocumentPosition, $"{chosen.Count} operations are chosen, more than {MaximumTools}", "List the ones that are needed under \"operations\"");
            return [];
        }

        return chosen;
    }

    private void Report(SourcePosition position, string message, string fix) => context.Problems.Add(position, $"{options.Redactor.Redact(message)} in tool \"{definition.Name}\"", fix);
}
