using Agent.Core.Inference.Sampling.Constraints;

namespace Agent.Core.Chat.Constraints;

/// <summary>Automata that were compiled lately, so that requests with the same tools share their states and masks.</summary>
/// <remarks>Thread-safe. Two requests that miss at once compile once.</remarks>
internal sealed class ConstraintCache
{
    private const int Most = 16;

    private readonly Lock _gate = new();
    private readonly LinkedList<(string Key, Lazy<ConstraintAutomaton> Automaton)> _recent = new();

    /// <summary>The automaton of a key.</summary>
    public ConstraintAutomaton Get(string key, Func<ConstraintAutomaton> compile)
    {
        Lazy<ConstraintAutomaton> found;
        lock (_gate)
        {
            var node = _recent.First;
            while (node is not null && node.Value.Key != key)
            {
                node = node.Next;
            }

            if (node is null)
            {
                node = new((key, new Lazy<ConstraintAutomaton>(compile)));
            }
            else
            {
                _recent.Remove(node);
            }

            _recent.AddFirst(node);
            if (_recent.Count > Most)
            {
                _recent.RemoveLast();
            }

            found = node.Value.Automaton;
        }

        return found.Value;
    }
}
