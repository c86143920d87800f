using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>The answer among the messages that a run added.</summary>
internal static class AgentAnswer
{
    /// <summary>What the model wrote after the last tool result; empty where it wrote nothing more.</summary>
    public static string TextOf(IReadOnlyList<ChatMessage> added) =>
        string.Concat(added.Reverse().TakeWhile(m => m.Role != ChatRole.Tool).Reverse().Select(m => m.Text));
}
