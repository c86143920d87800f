using Microsoft.Extensions.AI;

namespace Agent.Core.Retrieval.Injection;

/// <summary>
/// Resolves references by rule, without a model: a question that leans on the one before it takes that one's content words along; a question
/// that stands by itself stays as it is. English and Chinese. Thread-safe.
/// </summary>
/// <remarks>
/// <para>A question leans on the one before it where one of these holds:</para>
/// <list type="number">
/// <item>It has no content word at all ("why?", "多少钱？").</item>
/// <item>It points back, by a pronoun or demonstrative ("how much is it", "它多少钱") or by beginning or ending as a continuation ("and in
/// winter?", "冬天呢？"), and has no more than four content words. A longer one with "it" or "that" in it usually says what it means ("is it
/// true that Marie Curie discovered radium?"), and words of another subject would only draw its hits away.</item>
/// <item>It has one content word, which is no name, and does not ask what that word means ("parking?" leans; "what is photosynthesis?"
/// and "where is Paris?" do not).</item>
/// </list>
/// <para>The errors are not alike, which is why the rule leans towards taking words along: words too many cost a few places in the ranking,
/// words too few make the passage impossible to find. Where the question before leans too, the words come from up to three questions; of
/// these, the last sixteen words. Answers are not read: they are long, and a wrong one would lead the search to more of the same.</para>
/// <para>An ideograph counts as half a word.</para>
/// </remarks>
public sealed class FollowUpQueryResolver : IQueryResolver
{
    private const int MaxQuestionsBack = 3;
    private const int MaxWordsCarried = 16;
    private const double MaxPointingWords = 4;

    /// <summary>The one instance that is needed.</summary>
    public static FollowUpQueryResolver Instance { get; } = new();

    /// <inheritdoc/>
    public ValueTask<string?> ResolveAsync(IReadOnlyList<ChatMessage> conversation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Resolve(conversation));
    }

    private static string? Resolve(IReadOnlyList<ChatMessage> conversation)
    {
        var at = UserQuestion.LastBefore(conversation, conversation.Count);
        if (at < 0)
        {
            return null;
        }

        var question = conversation[at].Text.Trim();
        var reading = QuestionReading.Of(question);
        List<string> carried = [];
        for (var back = 0; back < MaxQuestionsBack && LeansOnAnother(reading); back++)
        {
            at = UserQuestion.LastBefore(conversation, at);
            if (at < 0)
            {
                break;
            }

            reading = QuestionReading.Of(conversation[at].Text);
            carried.InsertRange(0, reading.Content);
        }

        var words = carried.Distinct(StringComparer.OrdinalIgnoreCase).Where(word => !question.Contains(word, StringComparison.OrdinalIgnoreCase)).TakeLast(MaxWordsCarried).ToList();
        return words.Count == 0 ? question : $"{string.Join(' ', words)} {question}";
    }

    private static bool LeansOnAnother(QuestionReading reading) =>
        reading.Content.Count == 0
        || (reading.PointsBack && reading.Weight <= MaxPointingWords)
        || (reading.Weight <= 1 && !reading.HasName && !reading.AsksForDefinition);
}
