using Agent.Core.Agents;

namespace Agent.Tools.Function;

/// <summary>
/// Makes a tool of a method. Its parameters become the tool's, with descriptions from <c>[Description]</c> or the XML
/// documentation; parameters of type <see cref="CancellationToken"/>, <see cref="IServiceProvider"/> and
/// <see cref="Microsoft.Extensions.AI.AIFunctionArguments"/> are filled in and no part of it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AgentToolAttribute : Attribute
{
    /// <summary>Marks a method.</summary>
    /// <param name="name">
    /// The tool's name, 1 to 64 letters, digits, <c>_</c> and <c>-</c>, not starting with a digit or <c>-</c>; null for that of
    /// the method in snake case, without <c>Async</c>: <c>get_order</c> for <c>GetOrderAsync</c>.
    /// </param>
    public AgentToolAttribute(string? name = null) => Name = name;

    /// <summary>The tool's name; null for one made from that of the method.</summary>
    public string? Name { get; }

    /// <summary>What the tool does, in words for the model; null for <c>[Description]</c> of the method or its XML summary.</summary>
    /// <value>null.</value>
    public string? Description { get; set; }

    /// <summary>Whether a call changes something: then a person is asked unless <see cref="Approval"/> says otherwise, and the ledger remembers it.</summary>
    /// <value><see cref="ToolEffects.Read"/>.</value>
    public ToolEffects Effects { get; set; } = ToolEffects.Read;

    /// <summary>
    /// When a person must agree before a call runs: <c>never</c>, <c>always</c>, or a condition over the arguments such as
    /// <c>amount &gt; 100</c> (<see cref="Agent.Tools.Approval.ApprovalCondition"/>).
    /// </summary>
    /// <value>null: always where <see cref="Effects"/> is <see cref="ToolEffects.Write"/>, else never.</value>
    public string? Approval { get; set; }

    /// <summary>Whether running a call twice does no harm, so that it may be retried.</summary>
    /// <value>false.</value>
    public bool Idempotent { get; set; }
}
