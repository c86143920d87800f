namespace Agent.Core.Chat.Template;

/// <summary>A piece of a prompt, with whether added-token literals inside it may become those tokens.</summary>
/// <param name="Text">The text; the prompt is the concatenation of its segments.</param>
/// <param name="IsTrusted">
/// True only for text that the template itself holds. Everything that came from elsewhere (system text, user text, tool
/// definitions, names, arguments, results) is untrusted: its literals of added tokens stay plain text.
/// </param>
public readonly record struct PromptSegment(string Text, bool IsTrusted)
{
    /// <summary>
    /// Where in this piece the part of the prompt ends that comes before the conversation (system text and tools): all requests of one agent
    /// begin alike up to there.
    /// </summary>
    /// <value>A number of first characters of <see cref="Text"/>, in at most one piece of a prompt. Default: null, it does not end here.</value>
    public int? SystemEnd { get; init; }
}
