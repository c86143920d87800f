using System.Globalization;
using Agent.Core.Agents;
using Spectre.Console;

namespace Agent.Host.Terminal;

/// <summary>The answer on standard output as it comes; tools and everything else on standard error.</summary>
internal sealed class TextRunReporter(ConsoleTerminal terminal, AgentLimits limits) : IRunReporter
{
    private const int LongestShown = 400;
    private readonly ActivityIndicator _indicator = new(terminal);
    private bool _lineIsOpen;

    public ValueTask BeginAsync()
    {
        _lineIsOpen = false;
        _indicator.Show("thinking");
        return ValueTask.CompletedTask;
    }

    public async ValueTask ReportAsync(AgentEvent next)
    {
        await _indicator.HideAsync();
        switch (next)
        {
            case AgentTextDelta delta:
                terminal.WriteAnswer(delta.Text);
                _lineIsOpen = !delta.Text.EndsWith('\n');
                break;
            case AgentToolCallRequested call:
                EndLine();
                terminal.WriteNotice(TerminalText.OneLine($"→ {call.Name} {call.ArgumentsJson}", LongestShown), new Style(Color.Blue));
                _indicator.Show($"waiting for {call.Name}");
                break;
            case AgentApprovalRequested approval:
                EndLine();
                terminal.WriteNotice(TerminalText.OneLine($"? {approval.Call.Name} needs your approval", LongestShown), new Style(Color.Yellow));
                break;
            case AgentToolCallFinished result:
                EndLine();
                Write(result);
                _indicator.Show("thinking");
                break;
            case AgentFinished finished:
                EndLine();
                foreach (var source in CitedSources.Lines(finished.Citations))
                {
                    terminal.WriteNotice(TerminalText.OneLine(source, LongestShown), new Style(Color.Grey));
                }

                if (RunEnd.Explain(finished.Reason, limits) is { } explanation)
                {
                    terminal.WriteNotice(explanation, new Style(Color.Yellow));
                }

                break;
        }
    }

    public async ValueTask FailAsync(FailureReport failure)
    {
        await _indicator.HideAsync();
        EndLine();
        failure.WriteTo(terminal);
    }

    public async ValueTask DisposeAsync()
    {
        await _indicator.DisposeAsync();
        EndLine();
    }

    private void Write(AgentToolCallFinished result)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"{(result.Succeeded ? '←' : '✗')} {result.Name} {(result.Succeeded ? "ok" : "failed")} {result.Duration.TotalMilliseconds:0} ms  ");
        terminal.WriteNotice(TerminalText.OneLine(head + result.Content, LongestShown), new Style(result.Succeeded ? Color.Green : Color.Red));
    }

    private void EndLine()
    {
        if (_lineIsOpen)
        {
            terminal.WriteAnswer("\n");
            _lineIsOpen = false;
        }
    }
}
