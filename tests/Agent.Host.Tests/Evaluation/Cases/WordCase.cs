using Agent.Host.Evaluation.Cases;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Evaluation.Cases;

/// <summary>A case with nothing of its own: it asks for its id.</summary>
internal sealed record WordCase : EvaluationCase
{
    public static WordCase Of(string id, string category = "c", string language = "en") => new()
    {
        Id = id,
        Category = category,
        Language = language,
        Messages = [new ChatMessage(ChatRole.User, id)],
    };
}
