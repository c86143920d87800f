using Microsoft.Extensions.Logging;

namespace Agent.Core.Agents;

/// <summary>Log messages that hold what users, models and tools said. Level Trace only.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(101, LogLevel.Trace, "Call {CallId} of tool {Tool} with arguments {Arguments}.")]
    public static partial void CallSensitive(ILogger logger, string callId, string tool, string arguments);

    [LoggerMessage(102, LogLevel.Trace, "Result of call {CallId} of tool {Tool}: {Content}")]
    public static partial void ResultSensitive(ILogger logger, string callId, string tool, string content);
}
