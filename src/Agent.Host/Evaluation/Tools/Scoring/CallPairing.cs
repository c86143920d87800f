namespace Agent.Host.Evaluation.Tools.Scoring;

/// <summary>Pairs the calls of a turn with those expected, one to one and in any order.</summary>
internal static class CallPairing
{
    /// <summary>Whether every call has a partner.</summary>
    public static bool IsComplete(IReadOnlyList<ProducedCall> calls, IReadOnlyList<ExpectedCall> expected)
    {
        if (calls.Count != expected.Count)
        {
            return false;
        }

        // Augmenting paths: where a call that would do is taken, its partner looks for another one.
        var partners = Enumerable.Repeat(-1, calls.Count).ToArray();
        return Enumerable.Range(0, expected.Count).All(wanted => TryPair(wanted, new bool[calls.Count]));

        bool TryPair(int wanted, bool[] seen)
        {
            for (var i = 0; i < calls.Count; i++)
            {
                if (seen[i] || !expected[wanted].IsMetBy(calls[i]))
                {
                    continue;
                }

                seen[i] = true;
                if (partners[i] < 0 || TryPair(partners[i], seen))
                {
                    partners[i] = wanted;
                    return true;
                }
            }

            return false;
        }
    }
}
