using System.Globalization;
using Agent.Host.Composition;

namespace Agent.Host.Terminal;

/// <summary>Shows how far the start of the agent is.</summary>
internal sealed class LoadIndicator(ActivityIndicator indicator, string modelName) : IProgress<AgentLoadProgress>
{
    public void Report(AgentLoadProgress value) => indicator.Update(Describe(value));

    /// <summary>The words for a stage.</summary>
    public string Describe(AgentLoadProgress progress) => progress switch
    {
        { Stage: AgentLoadStage.Definitions } => "reading tools and prompts",
        { Stage: AgentLoadStage.Library } => "loading llama.cpp",
        { Stage: AgentLoadStage.Model, Fraction: { } fraction } => string.Create(CultureInfo.InvariantCulture, $"loading {modelName} {fraction * 100:0} %"),
        { Stage: AgentLoadStage.Model } => $"checking {modelName}",
        _ => $"starting {modelName}",
    };
}
