using Agent.Core.Agents;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Native;

namespace Agent.Host.Configuration;

/// <summary>The configuration, checked. Immutable.</summary>
internal sealed record AgentSettings
{
    /// <summary><c>Agent:Model</c>.</summary>
    public ModelSettings Model { get; init; } = new();

    /// <summary><c>Agent:Engine</c>.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>Whether somebody chose the size of the context; where nobody did, a smaller model is no reason to warn.</summary>
    public bool ContextIsChosen { get; init; }

    /// <summary><c>Agent:Native</c>.</summary>
    public LlamaRuntimeOptions Native { get; init; } = new();

    /// <summary><c>Agent:Sampling</c>.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary><c>Agent:Prompt</c>.</summary>
    public PromptSettings Prompt { get; init; } = new();

    /// <summary><c>Agent:Tools:File</c>; looked up as <see cref="ModelSettings.Path"/>.</summary>
    public string ToolsFile { get; init; } = "tools.yaml";

    /// <summary><c>Agent:Tools:AllowProcesses</c>: whether the tool file may run programs of this machine.</summary>
    public bool AllowProcesses { get; init; }

    /// <summary><c>Agent:Loop</c>.</summary>
    public AgentLimits Loop { get; init; } = new();

    /// <summary>Where relative paths are looked up, in this order.</summary>
    public IReadOnlyList<string> SearchFolders { get; init; } = [Environment.CurrentDirectory, AppContext.BaseDirectory];

    /// <summary>The sources that were read, weakest first, in words.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Finds a file or folder that a setting names.</summary>
    public ResolvedPath Resolve(string path) => ResolvedPath.Find(path, SearchFolders);
}
