using Agent.Host.Remote;

namespace Agent.Host.Commands;

/// <summary>What <c>agent eval answers</c> is to do; paths are full.</summary>
internal sealed record EvalAnswersRequest
{
    /// <summary>The cases.</summary>
    public required string Suite { get; init; }

    /// <summary>The categories to run; empty for all.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>The languages to run; empty for all.</summary>
    public required IReadOnlyList<string> Languages { get; init; }

    /// <summary>Most cases to run; null for all.</summary>
    public required int? Limit { get; init; }

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

    /// <summary>Least percentage of right answers; null where nothing is asked for.</summary>
    public required decimal? FailUnder { get; init; }
}
