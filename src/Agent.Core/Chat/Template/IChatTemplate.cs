using System.Text.Json;

namespace Agent.Core.Chat.Template;

/// <summary>Turns a conversation into the prompt format that a model was trained on.</summary>
/// <remarks>Implementations are thread-safe and keep no state.</remarks>
public interface IChatTemplate
{
    /// <summary>Short name of the format, for logs and diagnosis.</summary>
    string Name { get; }

    /// <summary>Renders a conversation.</summary>
    /// <param name="messages">The conversation, oldest first; at least one message.</param>
    /// <param name="tools">Tool definitions as JSON, in the order in which the model is told of them; empty for none.</param>
    /// <param name="addGenerationPrompt">Whether the prompt ends with the opening of a new assistant turn.</param>
    /// <returns>The prompt in pieces. No piece is empty, and no two trusted pieces are neighbours.</returns>
    /// <exception cref="ArgumentException">
    /// The format cannot express a message; the text names its index and the fix.
    /// </exception>
    IReadOnlyList<PromptSegment> Render(
        IReadOnlyList<TemplateMessage> messages,
        IReadOnlyList<JsonElement> tools,
        bool addGenerationPrompt);
}
