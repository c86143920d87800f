using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;

namespace Agent.Core.Retrieval.Injection;

/// <summary>
/// Retrieves for the last question of each request, puts the passages before the model, and gives its answer
/// <see cref="CitationAnnotation"/>s. For applications without the agent loop, which has its own way. Thread-safe as far as the inner client is.
/// </summary>
/// <remarks>
/// <para>The passages are in the one request only: the caller's messages are never changed, and neither is the history that the caller keeps.
/// Place it above a client that calls functions by itself, so that one question is retrieved for once.</para>
/// <para>An annotation has the document's title and headings, its address if it has one, its source as
/// <see cref="CitationAnnotation.FileId"/>, the passage as snippet, one <see cref="TextSpanAnnotatedRegion"/> for each mark, and in its
/// additional properties <c>number</c>, <c>passage_id</c>, and <c>start</c> and <c>end</c> in the document's text. Of a whole response the
/// regions lie in the content that carries them. A stream ends with one more update that holds an empty text with the annotations; there the
/// regions lie in the text of the whole stream.</para>
/// </remarks>
public sealed class RetrievalChatClient : DelegatingChatClient
{
    private readonly PassageInjector _injector;

    /// <summary>Creates the client.</summary>
    /// <param name="innerClient">The model; disposed with this.</param>
    /// <param name="injector">Finds the passages.</param>
    public RetrievalChatClient(IChatClient innerClient, PassageInjector injector)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(injector);
        _injector = injector;
    }

    /// <inheritdoc/>
    /// <exception cref="RetrievalException">The passages cannot be searched, and the injector's options do not say to go on without.</exception>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (sent, passages) = await InjectAsync(messages, cancellationToken).ConfigureAwait(false);
        var response = await base.GetResponseAsync(sent, options, cancellationToken).ConfigureAwait(false);
        return passages.Count == 0 ? response : CitationAnnotations.Annotate(response, passages);
    }

    /// <inheritdoc/>
    /// <exception cref="RetrievalException">The passages cannot be searched, and the injector's options do not say to go on without.</exception>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (sent, passages) = await InjectAsync(messages, cancellationToken).ConfigureAwait(false);
        var answer = new StringBuilder();
        ChatResponseUpdate? last = null;
        await foreach (var update in base.GetStreamingResponseAsync(sent, options, cancellationToken).ConfigureAwait(false))
        {
            if (update.Text is { Length: > 0 } text)
            {
                answer.Append(text);
                last = update;
            }

            yield return update;
        }

        var citations = passages.Count == 0 ? [] : CitationReader.Read(answer.ToString(), passages).Citations;
        if (citations.Count > 0)
        {
            // The same ids, so that whoever puts the updates together gets one message.
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextContent(string.Empty) { Annotations = CitationAnnotations.Of(citations, offset: 0) }])
            {
                ResponseId = last?.ResponseId,
                MessageId = last?.MessageId,
                ConversationId = last?.ConversationId,
                ModelId = last?.ModelId,
                AuthorName = last?.AuthorName,
                CreatedAt = last?.CreatedAt,
            };
        }
    }

    private async Task<(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<NumberedPassage> Passages)> InjectAsync(
        IEnumerable<ChatMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] conversation = [.. messages];
        return await _injector.RetrieveAsync(conversation, cancellationToken).ConfigureAwait(false) is { } injection
            ? (injection.Apply(conversation), injection.Passages)
            : (conversation, []);
    }
}
