using Agent.Core.Agents;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Names;
using Agent.Core.Native;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Storage;
using Agent.Tools.Passages;

namespace Agent.Host.Configuration;

/// <summary>
/// The settings there are, with their ranges. Defaults are those of the option records, which also hold the ranges that
/// apply to callers in C#; a test keeps both the same.
/// </summary>
internal sealed class SettingsBinder(SettingsTree tree)
{
    private const string Root = "Agent";
    private readonly Dictionary<string, SectionReader> _sections = new(StringComparer.Ordinal);

    /// <summary>Every full key there is, in the order of the sections; complete after <see cref="Bind"/>.</summary>
    public IEnumerable<string> Keys => _sections.SelectMany(section => section.Value.Known.Select(key => $"{Root}:{section.Key}:{key}"));

    /// <summary>Reads everything, collecting problems in the tree.</summary>
    public AgentSettings Bind()
    {
        var settings = new AgentSettings
        {
            Model = new ModelSettingsReader(tree, Section("Model")).Read(),
            Engine = Engine(Section("Engine")),
            ContextIsChosen = tree.RankOf($"{Root}:Engine:Profile") >= 0 || tree.RankOf($"{Root}:Engine:ContextTokens") >= 0,
            Native = Native(Section("Native")),
            Sampling = Sampling(Section("Sampling")),
            Prompt = Prompt(Section("Prompt")),
            Loop = Loop(Section("Loop")),
            Retrieval = Retrieval(Section("Retrieval")),
            Embedding = Embedding(Section("Embedding")),
        };
        if (settings.Retrieval.Mode != SearchMode.Lexical && !settings.Embedding.IsSet)
        {
            tree.AddProblem($"{Root}:Retrieval:{nameof(RetrievalSettings.Mode)}", $"is {settings.Retrieval.Mode}, which needs an embedding model", "Set Agent:Embedding:Path or Agent:Embedding:Url.");
        }

        var tools = Section("Tools");
        settings = settings with
        {
            ToolsFile = tools.Text("File") ?? settings.ToolsFile,
            AllowProcesses = tools.Boolean(nameof(AgentSettings.AllowProcesses)) ?? settings.AllowProcesses,
            Ledger = tools.Text("Ledger") ?? settings.Ledger,
            ReloadTools = tools.Boolean("Reload") ?? settings.ReloadTools,
        };
        End();
        return settings;
    }

    private SectionReader Section(string name) => _sections[name] = new SectionReader(tree, $"{Root}:{name}");

    private void End()
    {
        foreach (var section in _sections.Values)
        {
            section.End();
        }

        foreach (var child in tree.Section(Root).GetChildren())
        {
            if (!_sections.Keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                var fix = NearestName.Find(child.Key, _sections.Keys) is { } nearest
                    ? $"Did you mean {Root}:{nearest}?"
                    : $"The sections of {Root} are {string.Join(", ", _sections.Keys)}.";
                tree.AddProblem(child.Path, "is not a section", fix);
            }
        }
    }

    private EngineOptions Engine(SectionReader section)
    {
        var defaults = new EngineOptions();
        var options = new EngineOptions
        {
            Profile = section.Choice<ContextProfile>(nameof(EngineOptions.Profile)) ?? defaults.Profile,
            ContextTokens = section.Integer(nameof(EngineOptions.ContextTokens), 256, 1 << 20) ?? defaults.ContextTokens,
            MaxSequences = section.Integer(nameof(EngineOptions.MaxSequences), 1, 256) ?? defaults.MaxSequences,
            BatchSize = section.Integer(nameof(EngineOptions.BatchSize), 32, 16384) ?? defaults.BatchSize,
            MicroBatchSize = section.Integer(nameof(EngineOptions.MicroBatchSize), 32, 16384) ?? defaults.MicroBatchSize,
            PrefillTokensWhileDecoding = section.Integer(nameof(EngineOptions.PrefillTokensWhileDecoding), 32, 16384) ?? defaults.PrefillTokensWhileDecoding,
            StepTarget = section.Duration(nameof(EngineOptions.StepTarget), TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10)) ?? defaults.StepTarget,
            DraftTokens = section.Integer(nameof(EngineOptions.DraftTokens), 0, 63) ?? defaults.DraftTokens,
            Threads = section.Integer(nameof(EngineOptions.Threads), 1, 512) ?? defaults.Threads,
            SamplingThreads = section.Integer(nameof(EngineOptions.SamplingThreads), 1, 64) ?? defaults.SamplingThreads,
            SelectOnDevice = section.Boolean(nameof(EngineOptions.SelectOnDevice)) ?? defaults.SelectOnDevice,
            KvCacheType = section.Choice<KvCacheType>(nameof(EngineOptions.KvCacheType)) ?? defaults.KvCacheType,
            KvMemoryShare = section.Number(nameof(EngineOptions.KvMemoryShare), 0.05, 0.95) ?? defaults.KvMemoryShare,
            HostCacheMiB = section.Integer(nameof(EngineOptions.HostCacheMiB), 0, 1 << 20) ?? defaults.HostCacheMiB,
            FlashAttention = section.Boolean(nameof(EngineOptions.FlashAttention)) ?? defaults.FlashAttention,
            QueueLimit = section.Integer(nameof(EngineOptions.QueueLimit), 1, 100_000) ?? defaults.QueueLimit,
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentOutOfRangeException e)
        {
            // Single values are in range here: what is left is a combination of two.
            tree.AddProblem(e.Message.Split(" (Parameter", 2)[0]);
        }

        return options;
    }

    private static LlamaRuntimeOptions Native(SectionReader section)
    {
        var defaults = new LlamaRuntimeOptions();
        return new LlamaRuntimeOptions
        {
            LibraryPath = section.Text(nameof(LlamaRuntimeOptions.LibraryPath)) ?? defaults.LibraryPath,
            Backend = section.Choice<LlamaBackend>(nameof(LlamaRuntimeOptions.Backend)) ?? defaults.Backend,
        };
    }

    private static SamplingOptions Sampling(SectionReader section)
    {
        var defaults = SamplingOptions.Greedy;
        return new SamplingOptions
        {
            Temperature = (float?)section.Number(nameof(SamplingOptions.Temperature), 0, 5) ?? defaults.Temperature,
            TopK = section.Integer(nameof(SamplingOptions.TopK), 0, int.MaxValue) ?? defaults.TopK,
            TopP = (float?)section.Number(nameof(SamplingOptions.TopP), 0, 1, above: true) ?? defaults.TopP,
            MinP = (float?)section.Number(nameof(SamplingOptions.MinP), 0, 1) ?? defaults.MinP,
            RepetitionPenalty = (float?)section.Number(nameof(SamplingOptions.RepetitionPenalty), 0, 10, above: true) ?? defaults.RepetitionPenalty,
            RepetitionWindow = section.Integer(nameof(SamplingOptions.RepetitionWindow), 1, 8192) ?? defaults.RepetitionWindow,
            FrequencyPenalty = (float?)section.Number(nameof(SamplingOptions.FrequencyPenalty), -2, 2) ?? defaults.FrequencyPenalty,
            PresencePenalty = (float?)section.Number(nameof(SamplingOptions.PresencePenalty), -2, 2) ?? defaults.PresencePenalty,
            Seed = section.Long(nameof(SamplingOptions.Seed), long.MinValue, long.MaxValue) ?? defaults.Seed,
        };
    }

    private static PromptSettings Prompt(SectionReader section)
    {
        var defaults = new PromptSettings();
        return new PromptSettings
        {
            Directory = section.Text(nameof(PromptSettings.Directory)) ?? defaults.Directory,
            Name = section.Text(nameof(PromptSettings.Name)) ?? defaults.Name,
            Language = section.Text(nameof(PromptSettings.Language)) ?? defaults.Language,
        };
    }

    private EmbeddingSettings Embedding(SectionReader section)
    {
        const string Key = $"{Root}:Embedding:";
        var defaults = new EmbeddingSettings();
        Uri? address = null;
        if (section.Text(nameof(EmbeddingSettings.Url)) is { } url)
        {
            address = ServerAddress.Read(url, EmbeddingSettings.KeyVariable, out var problem, out var fix);
            if (address is null)
            {
                tree.AddProblem(Key + nameof(EmbeddingSettings.Url), problem, fix);
            }
        }

        var settings = new EmbeddingSettings
        {
            Path = section.Text(nameof(EmbeddingSettings.Path)),
            Pooling = section.Choice<PoolingType>(nameof(EmbeddingSettings.Pooling)),
            GpuLayers = section.Integer(nameof(EmbeddingSettings.GpuLayers), 0, LlamaModelOptions.MaxGpuLayers),
            Url = address,
            Model = section.Text(nameof(EmbeddingSettings.Model)),
            QueryPrefix = section.Text(nameof(EmbeddingSettings.QueryPrefix)) ?? defaults.QueryPrefix,
            DocumentPrefix = section.Text(nameof(EmbeddingSettings.DocumentPrefix)) ?? defaults.DocumentPrefix,
        };
        if (settings.Pooling is not (null or PoolingType.Mean or PoolingType.Cls or PoolingType.Last))
        {
            tree.AddInvalid(Key + nameof(EmbeddingSettings.Pooling), settings.Pooling.ToString()!, "Mean, Cls or Last");
        }

        if (settings is { Path: not null, Url: not null })
        {
            tree.AddProblem(Key + nameof(EmbeddingSettings.Url), "is set, and so is Agent:Embedding:Path", "Choose one: a file here, or a model on a server.");
        }
        else if (settings is { Url: not null, Model: null })
        {
            tree.AddProblem(Key + nameof(EmbeddingSettings.Model), "is missing", "Name the model as the server of Agent:Embedding:Url knows it.");
        }

        return settings;
    }

    private RetrievalSettings Retrieval(SectionReader section)
    {
        var defaults = new RetrievalSettings();
        return new RetrievalSettings
        {
            Use = section.Choice<RetrievalUse>(nameof(RetrievalSettings.Use)) ?? defaults.Use,
            Folder = section.Text(nameof(RetrievalSettings.Folder)) ?? defaults.Folder,
            Connection = Connection(section),
            Tenant = Name(section, nameof(RetrievalSettings.Tenant)),
            Collection = Name(section, nameof(RetrievalSettings.Collection)),
            Mode = section.Choice<SearchMode>(nameof(RetrievalSettings.Mode)) ?? defaults.Mode,
            Reranker = section.Text(nameof(RetrievalSettings.Reranker)),
            Top = section.Integer(nameof(RetrievalSettings.Top), 1, 10) ?? defaults.Top,
            TokenBudget = section.Integer(nameof(RetrievalSettings.TokenBudget), 32, 1 << 20) ?? defaults.TokenBudget,
            ChunkTokens = section.Integer(nameof(RetrievalSettings.ChunkTokens), 32, 4096) ?? defaults.ChunkTokens,
            CountTokens = section.Choice<TokenCounting>(nameof(RetrievalSettings.CountTokens)) ?? defaults.CountTokens,
        };
    }

    private CollectionName Name(SectionReader section, string key)
    {
        if (section.Text(key) is not { } text)
        {
            return CollectionName.Default;
        }

        if (!CollectionName.TryParse(text, out var name))
        {
            tree.AddInvalid($"{Root}:Retrieval:{key}", text, "1 to 64 of a-z, 0-9, - and _, a letter or digit first");
        }

        return name ?? CollectionName.Default;
    }

    /// <summary>A connection that cannot be used is a problem of the settings; its text is not shown, since it holds a password.</summary>
    private string? Connection(SectionReader section)
    {
        const string Key = nameof(RetrievalSettings.Connection);
        if (section.Text(Key) is not { } text)
        {
            return null;
        }

        try
        {
            PostgresPassageCollections.ThrowIfUnusable(text);
        }
        catch (ArgumentException e)
        {
            tree.AddProblem($"{Root}:Retrieval:{Key}: {e.Message.Split(" (Parameter", 2)[0]}");
        }

        return text;
    }

    private static AgentLimits Loop(SectionReader section)
    {
        var defaults = new AgentLimits();
        return new AgentLimits
        {
            MaxRounds = section.Integer(nameof(AgentLimits.MaxRounds), 1, 100) ?? defaults.MaxRounds,
            MaxDuration = section.Duration(nameof(AgentLimits.MaxDuration), TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)) ?? defaults.MaxDuration,
            MaxToolResultBytes = section.Integer(nameof(AgentLimits.MaxToolResultBytes), 256, 16 * 1024 * 1024) ?? defaults.MaxToolResultBytes,
            MaxToolCallsPerRound = section.Integer(nameof(AgentLimits.MaxToolCallsPerRound), 1, 256) ?? defaults.MaxToolCallsPerRound,
            MaxParallelToolCalls = section.Integer(nameof(AgentLimits.MaxParallelToolCalls), 1, 256) ?? defaults.MaxParallelToolCalls,
            MaxRepeatedCalls = section.Integer(nameof(AgentLimits.MaxRepeatedCalls), 1, 100) ?? defaults.MaxRepeatedCalls,
            CancellationGrace = section.Duration(nameof(AgentLimits.CancellationGrace), TimeSpan.Zero, TimeSpan.FromMinutes(1)) ?? defaults.CancellationGrace,
        };
    }
}
