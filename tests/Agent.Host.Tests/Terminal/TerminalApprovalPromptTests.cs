using Agent.Host.Terminal;
using Agent.Host.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Terminal;

/// <summary>Whoever agrees has seen all of what is agreed to.</summary>
public sealed class TerminalApprovalPromptTests
{
    [Fact]
    public async Task The_question_shows_the_whole_call()
    {
        var note = new string('x', 2000);

        var shown = await AskAsync("write_file", new() { ["note"] = note, ["path"] = "/etc/passwd", ["城市"] = "广州", ["phone"] = "13800138000" });

        // A terminal folds long lines.
        Assert.Contains(
            "?write_file{\"note\":\"" + note + "\",\"path\":\"/etc/passwd\",\"城市\":\"广州\",\"phone\":\"13800138000\"}Allowwrite_file?[y=yes",
            string.Concat(shown.Where(c => !char.IsWhiteSpace(c))),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_hidden_or_turns_the_line_around_is_written_out()
    {
        var shown = await AskAsync("pay", new() { ["to"] = "a\u202Eb\u2066c\u200Bd\u001B[31me\nf\u3164g\uFE0Fh\U000E0041i\u2028j" });

        Assert.Contains("""{"to":"a\u202Eb\u2066c\u200Bd\u001B[31me\nf\u3164g\uFE0Fh\uDB40\uDC41i\u2028j"}""", shown, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_call_without_arguments_says_so()
    {
        var shown = await AskAsync("restart", null);

        Assert.Contains("? restart {}\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_stops_at_the_question_leaves_its_line()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var console = NewConsole();
        var prompt = new TerminalApprovalPrompt(Terminal(console), new TerminalLines(new StreamReader(new BlockedStream())));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prompt.AskAsync(new("a", new FunctionCallContent("1", "pay")), cancelled.Token));

        Assert.EndsWith("say why not] \n", console.Errors, StringComparison.Ordinal);
    }

    private static FakeConsole NewConsole() => new("y\n") { IsInputRedirected = false, IsErrorRedirected = false };

    private static ConsoleTerminal Terminal(FakeConsole console) => new(console, new Dictionary<string, string>(StringComparer.Ordinal) { ["TERM"] = "dumb" });

    private static async Task<string> AskAsync(string name, Dictionary<string, object?>? arguments)
    {
        var console = NewConsole();
        await new TerminalApprovalPrompt(Terminal(console), new TerminalLines(console.In)).AskAsync(new("a", new FunctionCallContent("1", name, arguments)), CancellationToken.None);
        return console.Errors;
    }

    /// <summary>A terminal at which nobody types; a thread waits at it.</summary>
    private sealed class BlockedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _never = new();

        public override int Read(byte[] buffer, int offset, int count)
        {
            _never.Wait(TimeSpan.FromSeconds(30));
            return 0;
        }

        public override int Read(Span<byte> buffer) => Read([], 0, 0);
    }
}
