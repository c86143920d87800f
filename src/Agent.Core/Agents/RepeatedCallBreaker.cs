namespace Agent.Core.Agents;

/// <summary>Counts equal calls of one run. Used by the reader of the run only.</summary>
/// <param name="maxRepeatedCalls">How often one call is carried out.</param>
/// <param name="counts">How often each was made so far.</param>
internal sealed class RepeatedCallBreaker(int maxRepeatedCalls, Dictionary<ToolCallKey, int> counts)
{
    /// <summary>Whether a call came once more although the model had been told not to repeat it.</summary>
    public bool Tripped { get; private set; }

    /// <summary>Counts the call and says whether it may be carried out.</summary>
    public bool Allows(ToolCallKey key)
    {
        var count = counts.GetValueOrDefault(key) + 1;
        counts[key] = count;
        Tripped |= count > maxRepeatedCalls + 1;
        return count <= maxRepeatedCalls;
    }
}
