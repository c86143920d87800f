using System.Globalization;
using Agent.Host.Evaluation.Cases;
using Agent.Host.Terminal;

namespace Agent.Host.Evaluation.Reports;

/// <summary>How far a run is, on standard error: a spinner on a terminal, elsewhere a line at each tenth.</summary>
/// <param name="terminal">Where to.</param>
/// <param name="planned">Cases that are to be run.</param>
/// <param name="marks">What is counted of them, in percent.</param>
internal sealed class EvaluationProgress<TResult>(ConsoleTerminal terminal, int planned, IReadOnlyList<ScoreMark<TResult>> marks) : IAsyncDisposable
    where TResult : CaseResult
{
    private const int Lines = 10;
    private readonly ActivityIndicator _indicator = new(terminal);
    private readonly int[] _counts = new int[marks.Count];
    private int _cases;
    private int _errors;

    /// <summary>The run begins.</summary>
    public void Begin() => _indicator.Show($"0/{planned}");

    /// <summary>A case is done.</summary>
    public void Report(TResult result)
    {
        _cases++;
        _errors += result.Error is null ? 0 : 1;
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += marks[i].Holds(result) ? 1 : 0;
        }

        var shares = marks.Zip(_counts, (mark, count) => string.Create(CultureInfo.InvariantCulture, $"  {mark.Name} {100m * count / _cases:0.0} %"));
        var text = $"{_cases}/{planned}{string.Concat(shares)}{(_errors > 0 ? $"  errors {_errors}" : string.Empty)}";
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
