using Agent.Host.Tests.Support;

namespace Agent.Host.Tests.Commands;

/// <summary>Edits of the tool file while a conversation runs.</summary>
[Collection("program")]
public sealed class ChatReloadTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Workspace _workspace = new();
    private readonly WeatherServer _server;

    public ChatReloadTests(WeatherServer server)
    {
        _server = server;
        _workspace.Write("tools.yaml", server.ToolsFile);
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_conversation_takes_over_a_right_edit_and_tells_the_problems_of_a_wrong_one()
    {
        using var reloaded = new ManualResetEventSlim();
        using var failed = new ManualResetEventSlim();
        var console = new FakeConsole
        {
            In = new ScriptedReader(
                () => "/tools",
                () => Edit(_server.ToolsFile.Replace("kind: weather", "kind: wether", StringComparison.Ordinal), failed, "/tools"),
                () => Edit(_server.ToolsFile.Replace("get_current_weather", "get_weather_now", StringComparison.Ordinal), reloaded, "/tools"),
                () => "What is the weather in Paris?"),
            OnError = text =>
            {
                Signal(text, "unknown kind", failed);
                Signal(text, "Tools reloaded", reloaded);
            },
        };

        var code = await _workspace.RunAsync(console, "chat");

        Assert.Equal(ExitCodes.Success, code);
        var file = Path.Combine(_workspace.Path, "tools.yaml");
        string[] expected =
        [
            "get_current_weather  Get the current weather for a city",
            "The tool file was edited, but the tools stay as they were:",
            $"{file}:5:11: unknown kind \"wether\" in tool \"get_current_weather\". Did you mean \"weather\"?",
            "get_current_weather  Get the current weather for a city",
            "Tools reloaded: added get_weather_now; removed get_current_weather.",
            "get_weather_now  Get the current weather for a city",
        ];
        Assert.Equal(expected, console.Errors.Split('\n').Take(expected.Length));

        // Whatever name the model writes, only the new one leads to a tool.
        Assert.DoesNotContain("get_current_weather ok", console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watching_can_be_forbidden()
    {
        _workspace.Variables["Agent__Tools__Reload"] = "false";
        var console = new FakeConsole
        {
            In = new ScriptedReader(
                () =>
                {
                    _workspace.Write("tools.yaml", "nothing");
                    return "/tools";
                }),
        };

        var code = await _workspace.RunAsync(console, "chat");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Equal("get_current_weather  Get the current weather for a city\n", console.Errors);
    }

    private static void Signal(string text, string part, ManualResetEventSlim seen)
    {
        if (text.Contains(part, StringComparison.Ordinal))
        {
            seen.Set();
        }
    }

    /// <summary>Edits the file, and gives the line once the program has said what it made of that.</summary>
    private string Edit(string text, ManualResetEventSlim said, string line)
    {
        _workspace.Write("tools.yaml", text);
        Assert.True(said.Wait(Patience), "The program did not say what became of the edit.");
        return line;
    }
}
