using Agent.Host.Evaluation.Cases;
using Agent.Host.Remote;

namespace Agent.Host.Commands.Evaluations;

/// <summary>What a measurement of a model on a suite of cases is to do; paths are full.</summary>
internal sealed record EvaluationRequest
{
    /// <summary>The cases.</summary>
    public required string Suite { get; init; }

    /// <summary>Which of them to run.</summary>
    public required CaseSelection Selection { get; init; }

    /// <summary>Cases at once; null for as many as the model answers side by side.</summary>
    public required int? Concurrency { get; init; }

    /// <summary>Whether cases without a system message get the product's.</summary>
    public required bool UsesProductPrompt { get; init; }

    /// <summary>The date in the product's prompt.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The server to measure; null for the embedded model.</summary>
    public required OpenAIChatClientOptions? Server { get; init; }

    /// <summary>Most wrong cases to list.</summary>
    public required int ShowWrong { get; init; }

    /// <summary>The file of the report; null for none.</summary>
    public required ReportFile? Report { get; init; }
}
