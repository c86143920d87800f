using System.Text.Json;
using Agent.Tools.Approval.Conditions;

namespace Agent.Tools.Approval;

/// <summary>
/// A condition over the arguments of a call, such as <c>amount &gt; 1000 or country not in ["CN", "HK"]</c>. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// <para>Operands: arguments (<c>amount</c>, <c>to.country</c>, <c>items[0].price</c>), numbers, texts in single or double quotes,
/// <c>true</c>, <c>false</c>, <c>null</c>, <c>length(argument)</c> of a text, list or object. Comparisons: <c>== != &lt; &lt;= &gt; &gt;=</c>,
/// <c>in [..]</c>, <c>not in [..]</c>, <c>contains</c>, <c>starts_with</c>, <c>ends_with</c>; <c>exists(argument)</c>; a truth value alone.
/// They are joined by <c>and</c>, <c>or</c>, <c>not</c> and parentheses. Texts are compared by code point, numbers by value.</para>
/// <para>What cannot be compared (an absent argument, a text with a number) is neither true nor false, and <c>and</c>, <c>or</c> and <c>not</c>
/// pass that on as SQL does. Evaluation takes time in proportion to condition and arguments.</para>
/// </remarks>
public sealed class ApprovalCondition
{
    /// <summary>The longest condition, in characters.</summary>
    public const int MaximumLength = 2_000;

    private readonly ConditionNode _root;

    private ApprovalCondition(string text, ConditionNode root)
    {
        Text = text;
        _root = root;
    }

    /// <summary>The condition as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a condition.</summary>
    /// <exception cref="ApprovalConditionException">It is no condition; the message says what was expected where.</exception>
    public static ApprovalCondition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > MaximumLength
            ? throw new ApprovalConditionException($"it has {text.Length} characters, more than {MaximumLength}", MaximumLength)
            : new ApprovalCondition(text, new ConditionParser(text).Parse());
    }

    /// <summary>Decides.</summary>
    /// <param name="arguments">The arguments, an object.</param>
    /// <returns>Null where the arguments do not allow a decision.</returns>
    public bool? Evaluate(JsonElement arguments) => _root.Evaluate(arguments);

    /// <summary>What can never be decided under a schema of the arguments, one sentence each.</summary>
    internal IReadOnlyList<string> Check(JsonElement schema)
    {
        var problems = new List<string>();
        _root.Check(schema, problems);
        return problems;
    }
}
