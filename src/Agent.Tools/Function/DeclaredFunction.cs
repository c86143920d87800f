using System.Text.Json;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Function;

/// <summary>A C# function under the name, description and parameters that a tools file gives it.</summary>
internal sealed class DeclaredFunction(AIFunction function, ToolDefinition definition) : DelegatingAIFunction(function)
{
    public override string Name => definition.Name;

    public override string Description => definition.Description ?? base.Description;

    public override JsonElement JsonSchema => definition.Parameters ?? base.JsonSchema;

    // A method that blocks must not hold the thread that the time-out has to come back on.
    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        new(Task.Run(() => base.InvokeCoreAsync(arguments, cancellationToken).AsTask(), cancellationToken));
}
