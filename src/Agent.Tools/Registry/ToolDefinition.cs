using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Approval;
using Agent.Tools.Yaml;

namespace Agent.Tools.Registry;

/// <summary>One entry of <c>tools</c> in a tools file, checked as far as it can be without its kind. Immutable.</summary>
public sealed class ToolDefinition
{
    /// <summary>The name, 1 to 64 letters, digits, <c>_</c> and <c>-</c>, not starting with a digit or <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the tool does, in words for the model; null where the kind brings its own.</summary>
    public string? Description { get; init; }

    /// <summary>The kind, a name in the list of kinds.</summary>
    public required string Kind { get; init; }

    /// <summary>JSON Schema of the arguments, always of type object; null where the kind brings its own.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>The options of the kind; empty when the file gives none.</summary>
    public required YamlMapping Options { get; init; }

    /// <summary>The limits, with the file's defaults filled in.</summary>
    public required ToolLimits Limits { get; init; }

    /// <summary>Whether running a call twice does no harm; null leaves it to the kind.</summary>
    public bool? IsIdempotent { get; init; }

    /// <summary>Whether calls change something; null leaves it to the kind.</summary>
    public ToolEffects? Effects { get; init; }

    /// <summary>
    /// When a person must agree before a call runs; null for <see cref="ToolApproval.Always"/> where calls change something, else
    /// <see cref="ToolApproval.Never"/>.
    /// </summary>
    public ToolApproval? Approval { get; init; }

    /// <summary>Where the entry begins.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>Where <c>parameters</c> stands; the entry's place when there are none.</summary>
    public SourcePosition ParametersPosition => ParametersSource?.Position ?? Position;

    /// <summary>Where <c>kind</c> stands.</summary>
    public SourcePosition KindPosition { get; init; }

    /// <summary>The whole entry as it stands in the file; null for a definition made in code.</summary>
    internal YamlMapping? Source { get; init; }

    /// <summary><c>parameters</c> as it stands in the file; null when there are none.</summary>
    internal YamlMapping? ParametersSource { get; init; }

    /// <summary>Where the condition of <see cref="Approval"/> stands; the entry's place when there is none.</summary>
    internal SourcePosition ApprovalPosition { get; init; }

    /// <summary>Where the file asks for retries in this entry; null when it does not.</summary>
    internal SourcePosition? RetriesPosition { get; init; }
}
