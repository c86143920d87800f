namespace Agent.Tools.Sql;

/// <summary>How often a model has tried in vain in one run; a statement that works starts anew. Thread-safe.</summary>
internal sealed class SqlRepairs
{
    /// <summary>Repairs of one failed statement.</summary>
    internal const int Most = 2;

    private int _failures;

    /// <summary>Whether all repairs failed; then that is so for the rest of the run.</summary>
    internal bool AreSpent => Volatile.Read(ref _failures) > Most;

    /// <summary>Counts a failure and gives the number of repairs that remain, 0 or more.</summary>
    internal int Fail() => Math.Max(0, Most + 1 - Interlocked.Increment(ref _failures));

    internal void Succeed()
    {
        var failures = Volatile.Read(ref _failures);
        while (failures is > 0 and <= Most && Interlocked.CompareExchange(ref _failures, 0, failures) is var seen && seen != failures)
        {
            failures = seen;
        }
    }
}
