using System.Globalization;
using Agent.Host.Terminal;

namespace Agent.Host.Evaluation.Answers.Reports;

/// <summary>How far a run is, on standard error: a spinner on a terminal, elsewhere a line at each tenth.</summary>
internal sealed class AnswerEvaluationProgress(ConsoleTerminal terminal, int planned) : IAsyncDisposable
{
    private const int Lines = 10;
    private readonly ActivityIndicator _indicator = new(terminal);
    private int _cases;
    private int _right;
    private int _errors;

    /// <summary>The run begins.</summary>
    public void Begin() => _indicator.Show($"0/{planned}");

    /// <summary>A case is done.</summary>
    public void Report(AnswerCaseResult result)
    {
        _cases++;
        _right += result.Score.IsRight ? 1 : 0;
        _errors += result.Error is null ? 0 : 1;
        var text = string.Create(CultureInfo.InvariantCulture, $"{_cases}/{planned}  right {100.0 * _right / _cases:0.0} %{(_errors > 0 ? $"  errors {_errors}" : string.Empty)}");
        if (terminal.ShowsProgress)
        {
            _indicator.Update(text);
        }
        else if (_cases * Lines / planned > (_cases - 1) * Lines / planned)
        {
            terminal.WriteNotice(text);
        }
    }

    public ValueTask DisposeAsync() => _indicator.DisposeAsync();
}
