using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Tools.DependencyInjection;

/// <summary>A function whose calls always bring services: those of the caller, else a scope of their own.</summary>
internal sealed class ScopedFunction(AIFunction function, IServiceProvider root) : DelegatingAIFunction(function)
{
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Services is not null)
        {
            return await base.InvokeCoreAsync(arguments, cancellationToken).ConfigureAwait(false);
        }

        var scope = root.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            // A copy: a retry may begin while an attempt that was given up still runs in its own scope.
            var scoped = new AIFunctionArguments(new Dictionary<string, object?>(arguments, StringComparer.Ordinal)) { Services = scope.ServiceProvider, Context = arguments.Context };
            return await base.InvokeCoreAsync(scoped, cancellationToken).ConfigureAwait(false);
        }
    }
}
