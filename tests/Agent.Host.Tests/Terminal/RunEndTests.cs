using Agent.Core.Agents;
using Agent.Host.Terminal;

namespace Agent.Host.Tests.Terminal;

public sealed class RunEndTests
{
    [Fact]
    public void Every_finish_reason_has_its_documented_name()
    {
        Assert.Equal(
            ["stop", "length", "content_filter", "tool_calls", "approval_required", "round_limit", "time_limit", "repeated_call"],
            Enum.GetValues<AgentFinishReason>().Select(RunEnd.NameOf));
    }

    [Fact]
    public void Every_end_but_an_answer_is_explained_with_the_setting_that_caused_it()
    {
        var limits = new AgentLimits { MaxRounds = 3, MaxDuration = TimeSpan.FromSeconds(90), MaxRepeatedCalls = 4 };

        Assert.Null(RunEnd.Explain(AgentFinishReason.Completed, limits));
        Assert.All(Enum.GetValues<AgentFinishReason>().Skip(1), reason => Assert.NotNull(RunEnd.Explain(reason, limits)));
        Assert.Equal(
            "Stopped: a tool call needs your approval. Run it on a terminal without --json to be asked, or with --approve to agree beforehand.",
            RunEnd.Explain(AgentFinishReason.ApprovalRequired, limits));
        Assert.Equal("Stopped: the model still asked for tools after 3 rounds (Agent:Loop:MaxRounds).", RunEnd.Explain(AgentFinishReason.RoundLimit, limits));
        Assert.Equal("Stopped: the run took longer than 90s (Agent:Loop:MaxDuration).", RunEnd.Explain(AgentFinishReason.TimeLimit, limits));
        Assert.Equal("Stopped: the model repeated one tool call more than 4 times (Agent:Loop:MaxRepeatedCalls).", RunEnd.Explain(AgentFinishReason.RepeatedCall, limits));
    }
}
