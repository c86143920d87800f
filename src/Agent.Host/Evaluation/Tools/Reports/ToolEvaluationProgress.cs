using System.Globalization;
using Agent.Host.Terminal;

namespace Agent.Host.Evaluation.Tools.Reports;

/// <summary>How far a run is, on standard error: a spinner on a terminal, elsewhere a line at each tenth.</summary>
internal sealed class ToolEvaluationProgress(ConsoleTerminal terminal, int planned) : IAsyncDisposable
{
    private const int Lines = 10;
    private readonly ActivityIndicator _indicator = new(terminal);
    private ScoreCount _count = new(0, 0, 0);
    private int _errors;

    /// <summary>The run begins.</summary>
    public void Begin() => _indicator.Show($"0/{planned}");

    /// <summary>A case is done.</summary>
    public void Report(ToolCaseResult result)
    {
        _count = new ScoreCount(_count.Cases + 1, _count.Decision + (result.Score.Decision ? 1 : 0), _count.Exact + (result.Score.Exact ? 1 : 0));
        _errors += result.Error is null ? 0 : 1;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{_count.Cases}/{planned}  decision {_count.DecisionPercent:0.0} %  exact {_count.ExactPercent:0.0} %{(_errors > 0 ? $"  errors {_errors}" : string.Empty)}");
        if (terminal.ShowsProgress)
        {
            _indicator.Update(text);
        }
        else if (_count.Cases * Lines / planned > (_count.Cases - 1) * Lines / planned)
        {
            terminal.WriteNotice(text);
        }
    }

    public ValueTask DisposeAsync() => _indicator.DisposeAsync();
}
