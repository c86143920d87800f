using Agent.Host.Commands.Evaluations;

namespace Agent.Host.Commands;

/// <summary>What <c>agent eval tools</c> is to do; paths are full.</summary>
internal sealed record EvalToolsRequest
{
    /// <summary>What every measurement on a suite is told.</summary>
    public required EvaluationRequest Shared { get; init; }

    /// <summary>The tool sets.</summary>
    public required string ToolSets { get; init; }

    /// <summary>Takes the place of the setting; null leaves it.</summary>
    public required double? CallThreshold { get; init; }

    /// <summary>Least percentages; null where nothing is asked for.</summary>
    public required (decimal Decision, decimal Exact)? FailUnder { get; init; }
}
