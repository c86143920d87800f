using Microsoft.Extensions.AI;

namespace Agent.Core.Retrieval.Injection;

/// <summary>
/// Turns the last question of a conversation into a query that can be understood without the conversation. Implementations are thread-safe.
/// </summary>
public interface IQueryResolver
{
    /// <summary>Resolves the last question.</summary>
    /// <param name="conversation">The messages, oldest first; never changed. The last message of role user that holds text is the question.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The query; null where the conversation holds no question, or where nothing is to be looked for.</returns>
    ValueTask<string?> ResolveAsync(IReadOnlyList<ChatMessage> conversation, CancellationToken cancellationToken = default);
}
