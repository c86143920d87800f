namespace Agent.Core.Agents;

/// <summary>
/// The caps of one run. Immutable; every value is checked before the first model call. A run that waited for a person and goes on is one
/// run where its parts share <see cref="AgentRequest.RunState"/>; the time between them does not count.
/// </summary>
public sealed record AgentLimits
{
    /// <summary>
    /// Model calls in one run. The last permitted call is made with tools switched off, so that the model answers with what
    /// it has instead of asking for more; with 1, tools are therefore never called.
    /// </summary>
    /// <value>1 to 100; 8 by default.</value>
    public int MaxRounds { get; init; } = 8;

    /// <summary>Wall-clock time of one run, model and tools together.</summary>
    /// <value>1 millisecond to 1 day; 2 minutes by default.</value>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Tool calls accepted in one model turn; further calls of the turn get an error result.</summary>
    /// <value>1 to 256; 16 by default.</value>
    public int MaxToolCallsPerRound { get; init; } = 16;

    /// <summary>Tool calls of one run that execute at the same time; further calls wait in call order.</summary>
    /// <value>1 to 256; 8 by default.</value>
    public int MaxParallelToolCalls { get; init; } = 8;

    /// <summary>
    /// UTF-8 bytes of one tool result that reach the model; the rest is cut and a note says so. The message of a failure is
    /// cut at 2 KiB in any case.
    /// </summary>
    /// <value>256 bytes to 16 MiB; 16 KiB by default.</value>
    public int MaxToolResultBytes { get; init; } = 16 * 1024;

    /// <summary>
    /// How often one call (same tool, same arguments in any key order) is carried out in one run. The next repetition is
    /// answered with a note instead, and the one after that ends the run.
    /// </summary>
    /// <value>1 to 100; 2 by default.</value>
    public int MaxRepeatedCalls { get; init; } = 2;

    /// <summary>
    /// How long a cancelled run waits for tools and model to stop. Work that ignores its cancellation token longer than
    /// this is left behind: its outcome is logged and no longer awaited.
    /// </summary>
    /// <value>0 to 1 minute; 2 seconds by default.</value>
    public TimeSpan CancellationGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range; the message names both.</exception>
    public void Validate()
    {
        Check(nameof(MaxRounds), MaxRounds, 1, 100);
        Check(nameof(MaxDuration), MaxDuration, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        Check(nameof(MaxToolCallsPerRound), MaxToolCallsPerRound, 1, 256);
        Check(nameof(MaxParallelToolCalls), MaxParallelToolCalls, 1, 256);
        Check(nameof(MaxToolResultBytes), MaxToolResultBytes, 256, 16 * 1024 * 1024);
        Check(nameof(MaxRepeatedCalls), MaxRepeatedCalls, 1, 100);
        Check(nameof(CancellationGrace), CancellationGrace, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private static void Check<T>(string name, T value, T minimum, T maximum)
        where T : IComparable<T>
    {
        if (value.CompareTo(minimum) < 0 || value.CompareTo(maximum) > 0)
        {
            throw new ArgumentOutOfRangeException(
                name, value, $"AgentLimits.{name} is {value}; set it between {minimum} and {maximum}.");
        }
    }
}
