using Agent.Core.Prompts;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Retrieval.Injection;

/// <summary>From a conversation to numbered passages in its prompt: query, search, selection, text. Thread-safe; keeps nothing between calls.</summary>
/// <remarks>
/// Passages are untrusted. What in one could pass for another's number or for the prompt's own lines is defused visibly before a model reads
/// it; <see cref="NumberedPassage.Passage"/> has it unchanged.
/// </remarks>
public sealed class PassageInjector
{
    private readonly IPassageSearch _search;
    private readonly PassageInjectorOptions _options;
    private readonly PassagePrompts _prompts;
    private readonly ILogger _logger;

    /// <summary>Creates an injector.</summary>
    /// <param name="search">What to search; stays the caller's to dispose.</param>
    /// <param name="prompts">Holds <c>passages.{language}.md</c> and <c>no_passages.{language}.md</c>.</param>
    /// <param name="options">What to give; null for the defaults.</param>
    /// <param name="logger">Counts only, no text. Null for none.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="PromptFileException">A prompt file is missing.</exception>
    public PassageInjector(IPassageSearch search, PromptLibrary prompts, PassageInjectorOptions? options = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(prompts);
        _search = search;
        _options = options ?? new();
        _options.Validate();
        ArgumentNullException.ThrowIfNull(_options.Resolver);
        _prompts = new PassagePrompts(prompts, _options.Language);
        _logger = logger ?? NullLogger.Instance;
    }

    /// <summary>Retrieves for the last question of a conversation.</summary>
    /// <param name="conversation">The messages, oldest first; never changed.</param>
    /// <param name="cancellationToken">Ends resolver and search.</param>
    /// <returns>
    /// What to ask the model; null where there is no question, the resolver wants nothing looked for, or the search failed and
    /// <see cref="PassageInjectorOptions.OnSearchFailure"/> says to go on. Where nothing relevant was found, it says so to the model.
    /// </returns>
    /// <exception cref="RetrievalException">The passages cannot be searched.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<PassageInjection?> RetrieveAsync(IReadOnlyList<ChatMessage> conversation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        var at = UserQuestion.LastBefore(conversation, conversation.Count);
        if (at < 0)
        {
            return null;
        }

        var question = conversation[at].Text;
        string? query;
        IReadOnlyList<PackedPassage> packed;
        try
        {
            query = await ResolveAsync(conversation, cancellationToken).ConfigureAwait(false);
            if (string.IsNullOrWhiteSpace(query))
            {
                return null;
            }

            (packed, var found) = await PassageSelection.SelectAsync(_search, query, _options, _prompts.FrameFor(question), cancellationToken).ConfigureAwait(false);
            InjectionLog.Retrieved(_logger, found, packed.Count);
        }
        catch (RetrievalException exception) when (_options.OnSearchFailure == SearchFailureBehavior.AnswerWithoutPassages)
        {
            InjectionLog.AnsweredWithout(_logger, exception);
            return null;
        }

        var numbered = packed.Select((passage, i) => (Number: i + 1, Passage: passage)).ToList();
        return new PassageInjection(
            query,
            question,
            [.. numbered.Select(next => next.Passage.ToNumbered(next.Number))],
            _prompts.Render(question, PassageText.Join(numbered)));
    }

    private async Task<string?> ResolveAsync(IReadOnlyList<ChatMessage> conversation, CancellationToken cancellationToken)
    {
        try
        {
            return await _options.Resolver.ResolveAsync(conversation, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not RetrievalException)
        {
            throw new RetrievalException($"The query for the question could not be made: {exception.Message.TrimEnd('.')}. The cause is the inner exception.", exception);
        }
    }
}
