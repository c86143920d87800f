using Agent.Core.Inference;
using Agent.Core.Native;

namespace Agent.Host.Configuration;

/// <summary>Reads <c>Agent:Model</c>, where some values count for one file only.</summary>
internal sealed class ModelSettingsReader(SettingsTree tree, SectionReader section)
{
    private const string Root = "Agent:Model:";

    /// <summary>Reads the section, collecting problems in the tree.</summary>
    public ModelSettings Read()
    {
        var defaults = new ModelSettings();
        var settings = new ModelSettings
        {
            Path = section.Text(nameof(ModelSettings.Path)) ?? defaults.Path,
            Sha256 = OfThisModel(nameof(ModelSettings.Sha256), Hash()),
            GpuLayers = section.Integer(nameof(ModelSettings.GpuLayers), 0, LlamaModelOptions.MaxGpuLayers),
            SplitMode = section.Choice<GpuSplitMode>(nameof(ModelSettings.SplitMode)) ?? defaults.SplitMode,
            MainGpu = section.Integer(nameof(ModelSettings.MainGpu), 0, int.MaxValue),
            TensorSplit = section.Numbers(nameof(ModelSettings.TensorSplit), 0, 1_000_000) ?? defaults.TensorSplit,
            MemoryMap = section.Boolean(nameof(ModelSettings.MemoryMap)) ?? defaults.MemoryMap,
            LockMemory = section.Boolean(nameof(ModelSettings.LockMemory)) ?? defaults.LockMemory,
            Adapters = Adapters() ?? defaults.Adapters,
            CallThreshold = OfThisModel(nameof(ModelSettings.CallThreshold), section.Number(nameof(ModelSettings.CallThreshold), 0, 1, above: true)),
            ConstrainToolCalls = section.Boolean(nameof(ModelSettings.ConstrainToolCalls)) ?? defaults.ConstrainToolCalls,
            MaxOutputTokens = section.Integer(nameof(ModelSettings.MaxOutputTokens), 1, int.MaxValue),
            Id = OfThisModel(nameof(ModelSettings.Id), section.Text(nameof(ModelSettings.Id))),
        };
        try
        {
            settings.ToLoadOptions().Validate();
        }
        catch (ArgumentException e)
        {
            // Single values are in range here: what is left is a combination of two.
            tree.AddProblem(e.Message);
        }

        return settings;
    }

    /// <summary>
    /// A value that describes one file counts for the file it was written for: not for another, which a stronger source names.
    /// </summary>
    private T? OfThisModel<T>(string key, T? value) =>
        tree.RankOf(Root + key) >= tree.RankOf(Root + nameof(ModelSettings.Path)) ? value : default;

    /// <summary>The adapters, which belong to one file, too; null where there are none.</summary>
    private List<LlamaAdapterOptions>? Adapters()
    {
        var adapters = new List<LlamaAdapterOptions>();
        foreach (var (at, item) in section.Items(nameof(ModelSettings.Adapters)))
        {
            var path = item.Text(nameof(LlamaAdapterOptions.Path));
            var scale = item.Number(nameof(LlamaAdapterOptions.Scale), LlamaAdapterOptions.MinScale, LlamaAdapterOptions.MaxScale);
            if (path is null)
            {
                tree.AddProblem(at, "has no Path", "Name a LoRA adapter in GGUF format.");
            }
            else if (OfThisModel($"{at[Root.Length..]}:{nameof(LlamaAdapterOptions.Path)}", path) is not null)
            {
                adapters.Add(new LlamaAdapterOptions { Path = path, Scale = (float)(scale ?? 1) });
            }
        }

        return adapters.Count > 0 ? adapters : null;
    }

    private string? Hash()
    {
        const string Key = nameof(ModelSettings.Sha256);
        var text = section.Text(Key);
        if (text is null || text.Split(',', StringSplitOptions.TrimEntries).All(static hash => hash.Length == 64 && hash.All(char.IsAsciiHexDigit)))
        {
            return text;
        }

        tree.AddInvalid(Root + Key, text, "64 hexadecimal digits; of a split model, those of each file in order, with commas between");
        return null;
    }
}
