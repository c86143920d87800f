using System.Text.Json;
using Agent.Tools.Registry;

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
            ? new ReadyToolSource(new CreatedTool(new DeclaredFunction(options.Function, definition)))
            : null;
    }
}
