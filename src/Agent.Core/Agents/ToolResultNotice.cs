using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>
/// A remark that the user must get with any answer made from a result, for example that the figures come from a table and not
/// from the service. The loop adds it to the answer where the model does not say it.
/// </summary>
public static class ToolResultNotice
{
    /// <summary>Key of the remark in the additional properties of a result's content.</summary>
    public const string Key = "agent.notice";

    /// <summary>A text result with a remark. To a client that knows nothing of remarks it is a text like any other.</summary>
    /// <param name="text">What the model reads.</param>
    /// <param name="notice">The remark, a few words.</param>
    public static TextContent Attach(string text, string notice)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(notice);
        return new(text) { AdditionalProperties = new() { [Key] = notice } };
    }

    /// <summary>The remark of a result; null where it has none.</summary>
    public static string? Of(object? result) =>
        result is AIContent { AdditionalProperties: { } properties } && properties.TryGetValue(Key, out var notice) ? notice as string : null;
}
