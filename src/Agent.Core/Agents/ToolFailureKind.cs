namespace Agent.Core.Agents;

/// <summary>Why a tool call has no result. The model is told in words; it may repair the first four.</summary>
public enum ToolFailureKind
{
    /// <summary>The model's call could not be read.</summary>
    MalformedCall,

    /// <summary>No tool has this name.</summary>
    UnknownTool,

    /// <summary>The arguments do not match the tool's schema; the tool was not started.</summary>
    InvalidArguments,

    /// <summary>The tool refused or failed with a <see cref="ToolException"/>, whose message the model reads.</summary>
    ToolError,

    /// <summary>The tool failed with another exception, which only the log holds.</summary>
    UnexpectedError,

    /// <summary>The tool stopped before it had a result: it gave up by itself, or the run was stopped.</summary>
    Cancelled,

    /// <summary>The same call was made too often; it was not carried out again.</summary>
    RepeatedCall,

    /// <summary>
    /// The turn held more than <see cref="AgentLimits.MaxToolCallsPerRound"/> calls, or the run more calls of this tool than
    /// <see cref="IToolPolicy.MaxCallsPerRun"/>; this one was not carried out.
    /// </summary>
    TooManyCalls,

    /// <summary>A person was asked and did not agree; the call was not carried out.</summary>
    Declined,

    /// <summary>The run ended before the call was carried out.</summary>
    NotExecuted,
}
