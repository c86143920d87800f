using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>Remarks of tool results reach the user, whether the model passes them on or not.</summary>
public sealed class AgentLoopNoticeTests
{
    private static readonly AIFunction Weather = RawTool("weather", (_, _) => new(ToolResultNotice.Attach("20", "climate table (offline)")));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_remark_that_the_model_leaves_out_is_added_to_the_answer_and_the_transcript(bool streaming)
    {
        var result = await RunAsync("It is 20 degrees.", streaming);

        Assert.Equal("It is 20 degrees.\n[climate table (offline)]", result.Text);
        Assert.Equal("It is 20 degrees.\n[climate table (offline)]", result.NewMessages[^1].Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_remark_that_the_model_passes_on_is_not_repeated(bool streaming)
    {
        var result = await RunAsync("20 degrees, from the Climate Table (offline).", streaming);

        Assert.Equal("20 degrees, from the Climate Table (offline).", result.Text);
    }

    private static async Task<AgentResult> RunAsync(string answer, bool streaming)
    {
        using var client = new ScriptedChatClient(
            new ScriptedRound().Call("1", "weather").Call("2", "weather", new { again = true }),
            new ScriptedRound().Text(answer).Finish(ChatFinishReason.Stop));
        return await new AgentLoop(client).RunToCompletionAsync([new(ChatRole.User, "?")], new AgentRequest { Tools = [Weather], Streaming = streaming });
    }
}
