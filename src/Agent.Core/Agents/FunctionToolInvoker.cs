using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>The innermost invoker: calls the function itself.</summary>
internal sealed class FunctionToolInvoker : IToolInvoker
{
    public async ValueTask<ToolOutcome> InvokeAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        var arguments = new AIFunctionArguments { Services = invocation.Services };
        foreach (var property in invocation.Arguments.EnumerateObject())
        {
            arguments[property.Name] = property.Value;
        }

        new ToolCallContext(invocation.CallId, invocation.IdempotencyKey).AddTo(arguments);
        invocation.RunState.AddTo(arguments);
        var function = invocation.Function;
        var value = await function.InvokeAsync(arguments, cancellationToken).ConfigureAwait(false);
        return ToolOutcome.Success(ToolResultText.Render(value, function.JsonSerializerOptions)) with { Notice = ToolResultNotice.Of(value) };
    }
}
