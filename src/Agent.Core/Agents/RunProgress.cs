namespace Agent.Core.Agents;

/// <summary>
/// What a run has used up of its limits, over all the parts into which waiting for people cuts it. Lies in the bag that the parts share.
/// Used by the reader of one part at a time.
/// </summary>
internal sealed class RunProgress
{
    private static readonly object Key = new();

    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly HashSet<ToolCallKey> _writes = [];
    private readonly HashSet<string> _counted = new(StringComparer.Ordinal);

    /// <summary>That of the run that a bag belongs to.</summary>
    public static RunProgress Of(ToolRunState state) => state.GetOrAdd(Key, static () => new RunProgress());

    /// <summary>Model calls of the parts that have ended.</summary>
    public int Rounds { get; private set; }

    /// <summary>The time that the parts that have ended took; the time between them is not among it.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>How often each call was made.</summary>
    public Dictionary<ToolCallKey, int> Repetitions { get; } = [];

    /// <summary>The calls that a person declined.</summary>
    public HashSet<ToolCallKey> Declined { get; } = [];

    /// <summary>Adds a part that has ended.</summary>
    public void AddPart(int rounds, TimeSpan elapsed)
    {
        Rounds += rounds;
        Elapsed += elapsed;
    }

    /// <summary>Whether a call that changes something has its place in the run already.</summary>
    public bool HasWrite(ToolCallKey key) => _writes.Contains(key);

    /// <summary>The calls of a tool that have their place in the run.</summary>
    public int CallsOf(string tool) => _calls.GetValueOrDefault(tool);

    /// <summary>Gives a call its place. One that waited for a person has it since it was made.</summary>
    public void Count(string callId, ToolCallKey key, IToolPolicy policy)
    {
        if (!_counted.Add(callId))
        {
            return;
        }

        _calls[key.Name] = CallsOf(key.Name) + 1;
        if (policy.Effects == ToolEffects.Write)
        {
            _writes.Add(key);
        }
    }

    /// <summary>Takes a call's place back, since it is not carried out.</summary>
    public void Uncount(string callId, ToolCallKey key)
    {
        if (_counted.Remove(callId))
        {
            _calls[key.Name]--;
            _writes.Remove(key);
        }
    }
}
