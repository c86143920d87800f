using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Function;

/// <summary>
/// <c>kind: function</c>: a function that C# code registered with <see cref="ToolRegistryBuilder.Register(string, Delegate)"/>.
/// Option: <c>function</c>, its registered name. A description or parameters of the file win over the function's own.
/// </summary>
public sealed class FunctionKind : IToolKind
{
    /// <inheritdoc/>
    public string Name => "function";

    /// <inheritdoc/>
    public JsonElement OptionsSchema => KindSchema.Load(Name);

    /// <inheritdoc/>
    public IToolSource? Read(ToolDefinition definition, ToolKindContext context)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(context);
        return FunctionOptions.Read(definition, context) is { } options
            ? new ReadyToolSource(new CreatedTool(new DeclaredFunction(options.Function, definition))
            {
                // C# functions are taken as Microsoft.Extensions.AI takes them: one that says nothing runs without a question.
                Effects = options.Function.GetService<ApprovalRequiredAIFunction>() is null ? ToolEffects.Read : ToolEffects.Write,
            })
            : null;
    }
}
