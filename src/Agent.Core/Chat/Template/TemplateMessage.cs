namespace Agent.Core.Chat.Template;

/// <summary>A message as a chat template sees it.</summary>
/// <param name="Role">
/// <c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>, in lower case. A template drops roles it does not know,
/// as its reference does, so callers map theirs (for example <c>developer</c>) before.
/// </param>
/// <param name="Content">The text. Null is allowed only for an assistant message with tool calls.</param>
/// <param name="ToolCalls">Calls of an assistant message, in order; ignored for other roles. Null means none.</param>
public sealed record TemplateMessage(string Role, string? Content, IReadOnlyList<TemplateToolCall>? ToolCalls = null);
