using Agent.Core.Agents;
using Agent.Core.Tests.Testing;

namespace Agent.Core.Tests.Agents;

public sealed class AgentLimitsTests
{
    public static TheoryData<AgentLimits, string> Invalid => new()
    {
        { new() { MaxRounds = 0 }, "AgentLimits.MaxRounds is 0; set it between 1 and 100." },
        { new() { MaxRounds = 101 }, "AgentLimits.MaxRounds is 101; set it between 1 and 100." },
        { new() { MaxDuration = TimeSpan.Zero }, "AgentLimits.MaxDuration is 00:00:00; set it between 00:00:00.0010000 and 1.00:00:00." },
        { new() { MaxDuration = TimeSpan.FromDays(2) }, "AgentLimits.MaxDuration is 2.00:00:00; set it between 00:00:00.0010000 and 1.00:00:00." },
        { new() { MaxToolCallsPerRound = -1 }, "AgentLimits.MaxToolCallsPerRound is -1; set it between 1 and 256." },
        { new() { MaxParallelToolCalls = 0 }, "AgentLimits.MaxParallelToolCalls is 0; set it between 1 and 256." },
        { new() { MaxToolResultBytes = 255 }, "AgentLimits.MaxToolResultBytes is 255; set it between 256 and 16777216." },
        { new() { MaxRepeatedCalls = 0 }, "AgentLimits.MaxRepeatedCalls is 0; set it between 1 and 100." },
        { new() { CancellationGrace = Timeout.InfiniteTimeSpan }, "AgentLimits.CancellationGrace is -00:00:00.0010000; set it between 00:00:00 and 00:01:00." },
    };

    [Fact]
    public void Defaults_are_valid_and_documented()
    {
        var limits = new AgentLimits();

        limits.Validate();
        Assert.Equal(
            (8, TimeSpan.FromMinutes(2), 16, 8, 16384, 2, TimeSpan.FromSeconds(2)),
            (limits.MaxRounds, limits.MaxDuration, limits.MaxToolCallsPerRound, limits.MaxParallelToolCalls, limits.MaxToolResultBytes,
                limits.MaxRepeatedCalls, limits.CancellationGrace));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Value_out_of_range_names_property_and_range(AgentLimits limits, string message)
    {
        var loop = Assert.Throws<ArgumentOutOfRangeException>(() => new AgentLoop(new ScriptedChatClient(), new() { Limits = limits }));
        Assert.StartsWith(message, loop.Message, StringComparison.Ordinal);

        var run = Assert.Throws<ArgumentOutOfRangeException>(
            () => { new AgentLoop(new ScriptedChatClient()).RunAsync([], new() { Limits = limits }); });
        Assert.Equal(loop.Message, run.Message);
    }
}
