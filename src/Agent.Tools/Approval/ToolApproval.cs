using System.Text.Json;

namespace Agent.Tools.Approval;

/// <summary>When a person must agree before a tool runs. Immutable and thread-safe.</summary>
public sealed class ToolApproval
{
    private readonly bool _always;
    private readonly ApprovalCondition? _condition;

    private ToolApproval(bool always, ApprovalCondition? condition)
    {
        _always = always;
        _condition = condition;
    }

    /// <summary>Nobody is asked (<c>approval: never</c>).</summary>
    public static ToolApproval Never { get; } = new(always: false, condition: null);

    /// <summary>Somebody is asked before every call (<c>approval: always</c>).</summary>
    public static ToolApproval Always { get; } = new(always: true, condition: null);

    /// <summary>Somebody is asked where the arguments fulfil a condition (<c>approval: { when: amount &gt; 100 }</c>).</summary>
    public static ToolApproval When(ApprovalCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new(always: false, condition);
    }

    /// <summary>Reads <c>never</c>, <c>always</c> or a condition.</summary>
    /// <exception cref="ApprovalConditionException">The text is none of them.</exception>
    public static ToolApproval Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Trim() switch
        {
            "never" => Never,
            "always" => Always,
            var condition => When(ApprovalCondition.Parse(condition)),
        };
    }

    /// <summary>The condition; null for <see cref="Never"/> and <see cref="Always"/>.</summary>
    public ApprovalCondition? Condition => _condition;

    /// <summary>Whether a person must agree to this call. A condition that cannot be decided, because an argument is absent or of another type, asks.</summary>
    /// <param name="arguments">The arguments, an object.</param>
    public bool IsRequired(JsonElement arguments) => _always || (_condition is { } condition && condition.Evaluate(arguments) is not false);

    /// <summary>As the file has it: <c>never</c>, <c>always</c> or <c>when: ...</c>.</summary>
    public override string ToString() => _condition is { } condition ? $"when: {condition.Text}" : _always ? "always" : "never";
}
