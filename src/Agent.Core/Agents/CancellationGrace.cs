namespace Agent.Core.Agents;

/// <summary>Waits a bounded time for work that was cancelled.</summary>
internal static class CancellationGrace
{
    /// <summary>Waits for the work to end in any way; never throws what the work throws.</summary>
    /// <returns>Whether it ended in time.</returns>
    public static async Task<bool> EndsWithinAsync(Task work, TimeSpan grace, TimeProvider time)
    {
        if (!work.IsCompleted)
        {
            await work.WaitAsync(grace, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return work.IsCompleted;
    }
}
