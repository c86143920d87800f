using System.Text.Json;
using Agent.Core.Schemas;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>The functions that the model may call in one run, by name.</summary>
internal sealed class ToolCatalog
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Reads the tools of a request and compiles their schemas.</summary>
    /// <exception cref="ArgumentException">Two functions share a name, or one has none.</exception>
    /// <exception cref="JsonSchemaException">The schema of a function cannot be enforced as written.</exception>
    public ToolCatalog(IEnumerable<AITool> tools)
    {
        foreach (var declaration in tools.OfType<AIFunctionDeclaration>())
        {
            if (string.IsNullOrWhiteSpace(declaration.Name))
            {
                throw new ArgumentException("A tool in AgentRequest.Tools has no name; give it one.", nameof(tools));
            }

            if (!_entries.TryAdd(declaration.Name, new(declaration)))
            {
                throw new ArgumentException(
                    $"AgentRequest.Tools holds two tools named '{declaration.Name}'; rename or remove one.", nameof(tools));
            }
        }

        Names = [.. _entries.Keys];
    }

    public IReadOnlyList<string> Names { get; }

    public Entry? Find(string name) => _entries.GetValueOrDefault(name);

    internal sealed class Entry(AIFunctionDeclaration declaration)
    {
        private readonly JsonSchema? _schema = ToolSchemas.Of(declaration);

        private readonly bool _alwaysAsks = declaration.GetService<ApprovalRequiredAIFunction>() is not null;

        /// <summary>The code to run; null where the caller carries the call out.</summary>
        public AIFunction? Function { get; } = declaration as AIFunction;

        /// <summary>What the tool says of itself; null where it says nothing.</summary>
        public IToolPolicy? Policy { get; } = declaration.GetService<IToolPolicy>();

        /// <summary>Whether this call has to wait for a person: only one that the loop itself carries out may have to.</summary>
        public bool RequiresApproval(JsonElement arguments) => Function is not null && (_alwaysAsks || Policy?.RequiresApproval(arguments) is true);

        /// <summary>What is wrong with the arguments, one sentence each; empty where they fit.</summary>
        public IReadOnlyList<string> Validate(JsonElement arguments) =>
            _schema is null ? [] : [.. _schema.Validate(arguments).Select(v => v.Message)];
    }
}
