using Agent.Core.Chat.Template;
using Microsoft.Extensions.AI;

namespace Agent.Core.Chat.Client;

/// <summary>The beginning of a tool call that is put at the end of the prompt where a call is demanded.</summary>
/// <param name="Segments">Its pieces.</param>
/// <param name="Name">The tool; null where the model still chooses it.</param>
internal sealed record ForcedCall(IReadOnlyList<PromptSegment> Segments, string? Name)
{
    /// <summary>The tag that opens a call.</summary>
    public const string OpenTag = "<tool_call>";

    // The beginnings end where the ordinary tokenisation has a border, so that the model goes on as it learned to.
    private const string UpToName = OpenTag + "\n{\"name\": \"";
    private const string AfterName = "\", \"arguments\":";

    /// <summary>Whether the model still chooses the tool.</summary>
    public bool NameIsOpen => Name is null;

    /// <summary>All of it.</summary>
    public string Text => string.Concat(Segments.Select(s => s.Text));

    /// <summary>The beginning for a tool mode; null where the model may choose.</summary>
    /// <exception cref="ArgumentException">A call is demanded of no tool, or of one that is not offered.</exception>
    public static ForcedCall? From(ChatToolMode? mode, IReadOnlyList<string> names)
    {
        if (mode is not RequiredChatToolMode required)
        {
            return null;
        }

        if (names.Count == 0)
        {
            throw new ArgumentException("ChatOptions.ToolMode requires a tool call, and ChatOptions.Tools is empty. Offer a tool, or choose ChatToolMode.Auto.", nameof(mode));
        }

        var name = required.RequiredFunctionName ?? (names.Count == 1 ? names[0] : null);
        if (name is null)
        {
            return new ForcedCall([new PromptSegment(UpToName, IsTrusted: true)], Name: null);
        }

        return names.Contains(name)
            ? new ForcedCall([new(UpToName, IsTrusted: true), new(name, IsTrusted: false), new(AfterName, IsTrusted: true)], name)
            : throw new ArgumentException($"ChatOptions.ToolMode requires the tool '{name}', which is not among ChatOptions.Tools ({string.Join(", ", names)}).", nameof(mode));
    }
}
