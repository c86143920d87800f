using Agent.Host.Tests.Support;

namespace Agent.Host.Tests.Commands;

/// <summary>Conversations with the embedded model, one line a turn.</summary>
[Collection("program")]
public sealed class ChatCommandTests : IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly WeatherServer _server;

    public ChatCommandTests(WeatherServer server)
    {
        _server = server;
        _workspace.Write("tools.yaml", server.ToolsFile);
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Three_turns_keep_the_history_until_reset()
    {
        var console = new FakeConsole("你好\n广州天气怎么样?\n/stats\n\n/reset\n/stats\nhello\n/stats\n");

        var code = await _workspace.RunAsync(console, "chat");

        Assert.Equal(ExitCodes.Success, code);
        var turns = Lines(console, "turns ");
        Assert.Equal(["turns          2 (0 forgotten)", "turns          0 (0 forgotten)", "turns          1 (0 forgotten)"], turns);
        Assert.Contains("The conversation is forgotten.\n", console.Errors, StringComparison.Ordinal);
        Assert.Contains("广州", console.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('>', console.Errors);
        Assert.DoesNotContain('\u001b', console.Output + console.Errors);
        var context = Lines(console, "context ");
        Assert.Equal("context        0 of 4096 tokens", context[1]);
        Assert.NotEqual(context[0], context[2]);
    }

    [Fact]
    public async Task Slash_commands_help_and_hint()
    {
        var console = new FakeConsole("/help\n/tools\n/tols\n/xyzzy\n/exit\nhello\n");

        var code = await _workspace.RunAsync(console, "chat");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal("", console.Output);
        Assert.Contains("/reset  forget the conversation\n", console.Errors, StringComparison.Ordinal);
        Assert.Contains("get_current_weather  Get the current weather for a city\n", console.Errors, StringComparison.Ordinal);
        Assert.Contains("There is no command /tols. Did you mean /tools?\n", console.Errors, StringComparison.Ordinal);
        Assert.Contains("There is no command /xyzzy. /help lists the commands.\n", console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_turn_leaves_the_conversation_as_it_was()
    {
        var console = new FakeConsole("你好\n广州天气怎么样?\n/stats\n");
        var interrupted = 0;
        console.OnError = text =>
        {
            if (text.Contains('→', StringComparison.Ordinal) && interrupted++ == 0)
            {
                Assert.True(console.Interrupt());
            }
        };

        var code = await _workspace.RunAsync(console, "chat");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal(1, interrupted);
        Assert.Contains("Cancelled.\n", console.Errors, StringComparison.Ordinal);
        Assert.Equal(["turns          1 (0 forgotten)"], Lines(console, "turns "));
    }

    [Fact]
    public async Task Ctrl_C_without_a_turn_leaves()
    {
        var console = new FakeConsole("/help\n/help\n");
        var once = 0;
        console.OnError = text =>
        {
            if (text.Contains("Ctrl-C", StringComparison.Ordinal) && once++ == 0)
            {
                console.Interrupt();
            }
        };

        var code = await _workspace.RunAsync(console, "chat");

        Assert.Equal(ExitCodes.Cancelled, code);
        Assert.Equal(1, once);
    }

    [Fact]
    public async Task A_conversation_that_outgrows_the_context_forgets_its_oldest_turns_and_says_so_once()
    {
        _workspace.Variables["Agent__Engine__ContextTokens"] = "512";
        _workspace.Variables["Agent__Model__MaxOutputTokens"] = "40";
        var console = new FakeConsole(string.Concat(Enumerable.Repeat("广州天气怎么样?\n", 8)) + "/stats\n");

        var code = await _workspace.RunAsync(console, "chat");

        Assert.Equal(ExitCodes.Success, code);
        Assert.DoesNotContain("error", console.Errors, StringComparison.Ordinal);
        Assert.Single(Lines(console, "The conversation no longer fits 512 tokens"));
        Assert.StartsWith("turns          8 (", Lines(console, "turns ").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("(0 forgotten)", console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_that_fails_is_said_and_the_conversation_goes_on()
    {
        var console = new FakeConsole(string.Concat(Enumerable.Repeat("天气", 3000)) + "\n你好\n/stats\n");

        var code = await _workspace.RunAsync(console, "chat");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("error: The prompt has ", console.Errors, StringComparison.Ordinal);
        Assert.Equal(["turns          1 (0 forgotten)"], Lines(console, "turns "));
        Assert.NotEqual("", console.Output.Trim());
    }

    [Fact]
    public async Task Json_writes_the_events_of_every_turn()
    {
        _server.Cities.Clear();
        var console = new FakeConsole("你好\nWhat is the weather in Paris?\n");

        await _workspace.RunAsync(console, "chat", "--json");

        Assert.Equal(2, console.Output.Split("{\"type\":\"done\",").Length - 1);
        Assert.Equal(["Paris"], _server.Cities);
    }

    private static string[] Lines(FakeConsole console, string beginning) =>
        [.. console.Errors.Split('\n').Where(line => line.StartsWith(beginning, StringComparison.Ordinal))];
}
