namespace Agent.Core.Agents;

/// <summary>How a tool call ended, in the words that the model reads. Immutable.</summary>
public sealed record ToolOutcome
{
    private ToolOutcome(string content, ToolFailureKind? failure)
    {
        Content = content;
        Failure = failure;
    }

    /// <summary>What the model reads.</summary>
    public string Content { get; init; }

    /// <summary>Why there is no result.</summary>
    /// <value>Null on success.</value>
    public ToolFailureKind? Failure { get; }

    /// <summary>A remark that the user must get with any answer made from this; see <see cref="ToolResultNotice"/>.</summary>
    /// <value>Null where there is none.</value>
    public string? Notice { get; init; }

    /// <summary>Whether the tool returned a result.</summary>
    public bool Succeeded => Failure is null;

    /// <summary>The tool returned a result.</summary>
    /// <param name="content">The result as text.</param>
    public static ToolOutcome Success(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return new(content, failure: null);
    }

    /// <summary>There is no result; the content becomes <c>{"error": "..."}</c>.</summary>
    /// <param name="kind">The kind of failure.</param>
    /// <param name="message">What went wrong and what to change, in words for the model.</param>
    public static ToolOutcome Failed(ToolFailureKind kind, string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new(ToolResultTexts.Error(message), kind);
    }
}
