using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>
/// What functions remember for the length of one run: all calls of a run share one bag, and no other run sees it. Keys are objects that
/// only their owner has, so that tools cannot meet each other's values. Thread-safe.
/// </summary>
public sealed class ToolRunState
{
    private readonly ConcurrentDictionary<object, object> _items = new();

    /// <summary>The value of a key, made at the first request.</summary>
    /// <param name="key">Whose value it is; the function itself, for example.</param>
    /// <param name="create">Makes the value; where calls race, all get the same one.</param>
    /// <exception cref="InvalidCastException">The key's value is of another type.</exception>
    public T GetOrAdd<T>(object key, Func<T> create)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(create);
        return (T)_items.GetOrAdd(key, static (_, create) => create(), create);
    }

    /// <summary>Puts the bag where the function finds it.</summary>
    public void AddTo(AIFunctionArguments arguments) => ArgumentsContext.Put(arguments, this);

    /// <summary>The bag of the run that a call belongs to; false where the function was not called by the loop.</summary>
    public static bool TryGet(AIFunctionArguments arguments, [NotNullWhen(true)] out ToolRunState? state) => ArgumentsContext.TryGet(arguments, out state);
}
