using System.Reflection;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Tools.Function;

/// <summary>
/// A method as a function. That of a class gets its instance from the services of each call, which also end its life. Thread-safe
/// as far as the method is.
/// </summary>
internal sealed class ToolMethodFunction : DelegatingAIFunction
{
    private readonly MethodInfo _method;
    private readonly Type? _owner;
    private readonly AIFunctionFactoryOptions _options;

    private ToolMethodFunction(AIFunction function, MethodInfo method, Type? owner, AIFunctionFactoryOptions options)
        : base(function)
    {
        _method = method;
        _owner = owner;
        _options = options;
    }

    /// <summary>A method whose instance comes from the services of a call; a static one needs none.</summary>
    /// <param name="method">The method.</param>
    /// <param name="owner">The class that services know.</param>
    internal static ToolMethodFunction Create(ToolMethod method, Type owner)
    {
        var options = ToolMethodOptions.For(method);
        return method.Method.IsStatic
            ? new ToolMethodFunction(AIFunctionFactory.Create(method.Method, target: null, options), method.Method, owner: null, options)
            : new ToolMethodFunction(AIFunctionFactory.Create(method.Method, _ => throw new InvalidOperationException("The prototype has no instance."), options), method.Method, owner, options);
    }

    /// <summary>A delegate.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="target">What it is called on; null for a static one.</param>
    internal static ToolMethodFunction Create(ToolMethod method, object? target)
    {
        var options = ToolMethodOptions.For(method);
        return new ToolMethodFunction(AIFunctionFactory.Create(method.Method, target, options), method.Method, owner: null, options);
    }

    // A method that blocks must not hold the thread that the time-out has to come back on.
    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        new(Task.Run(() => Bound(arguments).InvokeAsync(arguments, cancellationToken).AsTask(), cancellationToken));

    // The factory remembers what it learned of the method; only the instance is new. It could create instances itself, but it
    // would dispose them too, and they belong to the services.
    private AIFunction Bound(AIFunctionArguments arguments)
    {
        if (_owner is null)
        {
            return InnerFunction;
        }

        var services = arguments.Services ?? throw new InvalidOperationException($"A call of {Name} brings no services to take {_owner} from.");
        return AIFunctionFactory.Create(_method, services.GetRequiredService(_owner), _options);
    }
}
