using Agent.Host.Commands.Evaluations;

namespace Agent.Host.Commands;

/// <summary>What <c>agent eval answers</c> is to do; paths are full.</summary>
internal sealed record EvalAnswersRequest
{
    /// <summary>What every measurement on a suite is told.</summary>
    public required EvaluationRequest Shared { get; init; }

    /// <summary>Least percentage of right answers; null where nothing is asked for.</summary>
    public required decimal? FailUnder { get; init; }
}
