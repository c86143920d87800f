using Agent.Core.Agents;

namespace Agent.Host.Terminal;

/// <summary>Shows a run while it happens. Disposing it takes away what moves.</summary>
internal interface IRunReporter : IAsyncDisposable
{
    /// <summary>A run begins.</summary>
    ValueTask BeginAsync();

    /// <summary>Something happened.</summary>
    ValueTask ReportAsync(AgentEvent next);

    /// <summary>The run ended with an error.</summary>
    ValueTask FailAsync(FailureReport failure);
}
