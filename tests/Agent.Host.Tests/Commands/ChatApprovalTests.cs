using Agent.Host.Tests.Support;

namespace Agent.Host.Tests.Commands;

/// <summary>A person at a terminal who is asked for consent in the middle of a conversation.</summary>
[Collection("program")]
public sealed class ChatApprovalTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Workspace _workspace = new();

    public ChatApprovalTests(WeatherServer server)
    {
        _workspace.Variables["TERM"] = "dumb";
        _workspace.Write("tools.yaml", server.ToolsFile + "\n    approval: always");
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_line_typed_after_the_question_for_consent_was_cancelled_is_the_next_turn()
    {
        using var cancelled = new ManualResetEventSlim();
        FakeConsole? console = null;
        console = new FakeConsole
        {
            IsInputRedirected = false,
            IsErrorRedirected = false,
            In = new ScriptedReader(
                () => "What is the weather in Paris?",
                () =>
                {
                    // The answer is awaited: Ctrl-C now, and the line only when the chat has its prompt again.
                    Assert.True(console!.Interrupt(), "Ctrl-C did not stop the turn.");
                    Assert.True(cancelled.Wait(Patience), "The turn was not cancelled.");
                    return "/stats";
                }),
            OnError = text =>
            {
                if (text.Contains("Cancelled.", StringComparison.Ordinal))
                {
                    cancelled.Set();
                }
            },
        };

        var code = await _workspace.RunAsync(console, "chat");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("Allow get_current_weather?", console.Errors, StringComparison.Ordinal);
        Assert.Contains("say why not] \nCancelled.", console.Errors, StringComparison.Ordinal);
        Assert.Contains("turns          0 (0 forgotten)", console.Errors, StringComparison.Ordinal);
    }
}
