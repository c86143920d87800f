namespace Agent.Core.Agents;

/// <summary>Counts equal calls of one run. Used by the reader of the run only.</summary>
internal sealed class RepeatedCallBreaker(int maxRepeatedCalls)
{
    private readonly Dictionary<ToolCallKey, int> _counts = [];

    /// <summary>Whether a call came once more although the model had been told not to repeat it.</summary>
    public bool Tripped { get; private set; }

    /// <summary>Counts the call and says whether it may be carried out.</summary>
    public bool Allows(ToolCallKey key)
    {
        var count = _counts.GetValueOrDefault(key) + 1;
        _counts[key] = count;
        Tripped |= count > maxRepeatedCalls + 1;
        return count <= maxRepeatedCalls;
    }
}
