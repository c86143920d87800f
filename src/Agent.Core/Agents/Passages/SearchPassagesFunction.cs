using System.Globalization;
using System.Text.Json;
using Agent.Core.Prompts;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Injection;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Agents.Passages;

/// <summary>
/// The tool <c>search_passages</c>: finds passages and gives them numbered, <c>[1] title</c> and the text below. Thread-safe; reads only.
/// </summary>
/// <remarks>
/// In a run of the loop the numbers go on from call to call, behind those before the question, and a passage found again keeps its number, so
/// that <c>[n]</c> in the answer names one passage (<see cref="AgentFinished.Citations"/>). Outside of one, each call begins with 1.
/// Passages are untrusted: they are made harmless as those before a question are.
/// </remarks>
public sealed partial class SearchPassagesFunction : AIFunction
{
    private const int LongestQuery = 1000;
    private const int MostPassages = 10;

    private readonly IPassageSearch _search;
    private readonly SearchPassagesOptions _options;
    private readonly ILogger _logger;

    /// <summary>Creates the tool.</summary>
    /// <param name="search">What to search; stays the caller's to dispose.</param>
    /// <param name="options">What to offer and to give; null for the defaults.</param>
    /// <param name="logger">Receives why a search failed. Null for none.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public SearchPassagesFunction(IPassageSearch search, SearchPassagesOptions? options = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(search);
        _search = search;
        _options = options ?? new();
        _options.Validate();
        ArgumentException.ThrowIfNullOrWhiteSpace(_options.Name, nameof(options));
        if (_options.Top > MostPassages)
        {
            throw new ArgumentException($"Top is {_options.Top}; for {_options.Name} it must be 1 to {MostPassages}.", nameof(options));
        }

        _logger = logger ?? NullLogger.Instance;
        var isChinese = _options.Language.StartsWith("zh", StringComparison.OrdinalIgnoreCase);
        Description = _options.Description ?? (isChinese ? "在文档中检索能回答问题的段落，回答时用[n]标注出处" : "Search the documents for passages that answer a question; cite them as [n]");
        JsonSchema = Schema(isChinese ? "要检索的问题" : "The question or query", isChinese ? "数量" : "How many passages");
    }

    /// <inheritdoc/>
    public override string Name => _options.Name;

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    public override JsonElement JsonSchema { get; }

    /// <inheritdoc/>
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var query = QueryOf(arguments);
        var options = _options with { Top = TopOf(arguments) };
        IReadOnlyList<PackedPassage> found;
        try
        {
            (found, _) = await PassageSelection.SelectAsync(_search, query, options, PromptFrame.None, cancellationToken).ConfigureAwait(false);
        }
        catch (RetrievalException exception)
        {
            // The message names files and settings, which are the operator's to know and not the model's to tell.
            SearchFailed(_logger, exception);
            throw new ToolException("The documents cannot be searched now. Answer without them, and say that they could not be searched.", exception);
        }

        if (found.Count == 0)
        {
            return PromptLanguage.Detect(query) == "zh" ? "文档中没有找到相关内容。" : "No passages found.";
        }

        var passages = ToolRunState.TryGet(arguments, out var state) ? RunPassages.Of(state) : new RunPassages();
        return PassageText.Join(passages.Number(found));
    }

    private static string QueryOf(AIFunctionArguments arguments)
    {
        var query = arguments.GetValueOrDefault("query") switch
        {
            string text => text,
            JsonElement { ValueKind: JsonValueKind.String } element => element.GetString()!,
            _ => string.Empty,
        };
        return query.Trim() is { Length: > 0 and <= LongestQuery } trimmed
            ? trimmed
            : throw new ToolException($"The argument query must be a question or some words, 1 to {LongestQuery} characters.");
    }

    private int TopOf(AIFunctionArguments arguments)
    {
        int? top = arguments.GetValueOrDefault("top") switch
        {
            null or JsonElement { ValueKind: JsonValueKind.Null } => _options.Top,
            int number => number,
            JsonElement { ValueKind: JsonValueKind.Number } element when element.TryGetInt32(out var number) => number,
            _ => null,
        };
        return top is >= 1 and <= MostPassages ? top.Value : throw new ToolException($"The argument top must be a whole number from 1 to {MostPassages}.");
    }

    private static JsonElement Schema(string query, string top) => JsonElement.Parse(string.Create(
        CultureInfo.InvariantCulture,
        $$$"""
        {"type":"object","properties":{"query":{"type":"string","description":"{{{query}}}","minLength":1,"maxLength":{{{LongestQuery}}}},"top":{"type":"integer","description":"{{{top}}}","minimum":1,"maximum":{{{MostPassages}}}}},"required":["query"]}
        """));

    [LoggerMessage(1, LogLevel.Error, "The passages could not be searched; the model was told only that.")]
    private static partial void SearchFailed(ILogger logger, Exception exception);
}
