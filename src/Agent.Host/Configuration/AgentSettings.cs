using Agent.Core.Agents;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Native;
using Agent.Core.Retrieval.Storage;

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

    /// <summary><c>Agent:Tools:Ledger</c>: the file that remembers calls that change something; null for one in the user's folder of application data.</summary>
    public string? Ledger { get; init; }

    /// <summary><c>Agent:Tools:Reload</c>: whether a conversation takes over edits of the tool file.</summary>
    public bool ReloadTools { get; init; } = true;

    /// <summary><c>Agent:Loop</c>.</summary>
    public AgentLimits Loop { get; init; } = new();

    /// <summary><c>Agent:Embedding</c>.</summary>
    public EmbeddingSettings Embedding { get; init; } = new();

    /// <summary><c>Agent:Retrieval</c>.</summary>
    public RetrievalSettings Retrieval { get; init; } = new();

    /// <summary>Where relative paths are looked up, in this order.</summary>
    public IReadOnlyList<string> SearchFolders { get; init; } = [Environment.CurrentDirectory, AppContext.BaseDirectory];

    /// <summary>The sources that were read, weakest first, in words.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>The full path of the ledger, which need not exist. Where the system knows no folder of application data, it lies in the current one.</summary>
    public string LedgerPath()
    {
        if (Ledger is { } path)
        {
            return Path.GetFullPath(path, SearchFolders[0]);
        }

        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(data.Length > 0 ? Path.Combine(data, "agent") : SearchFolders[0], "ledger.db");
    }

    /// <summary>The full path of the folder of the tenant's collections, which need not exist.</summary>
    public string CollectionsPath()
    {
        var folder = Path.GetFullPath(Retrieval.Folder, SearchFolders[0]);
        return Retrieval.Tenant == CollectionName.Default ? folder : Path.Combine(folder, Retrieval.Tenant.Value);
    }

    /// <summary>Finds a file or folder that a setting names.</summary>
    public ResolvedPath Resolve(string path) => ResolvedPath.Find(path, SearchFolders);
}
