using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>What the loop hands to a function beside its arguments: at most one object of each type.</summary>
internal static class ArgumentsContext
{
    /// <summary>Puts an object where the function finds it.</summary>
    public static void Put<T>(AIFunctionArguments arguments, T item)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(arguments);
        (arguments.Context ??= new Dictionary<object, object?>())[typeof(T)] = item;
    }

    /// <summary>The object of a type; false where nobody put one there.</summary>
    public static bool TryGet<T>(AIFunctionArguments arguments, [NotNullWhen(true)] out T? item)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(arguments);
        item = arguments.Context?.TryGetValue(typeof(T), out var value) is true ? value as T : null;
        return item is not null;
    }
}
