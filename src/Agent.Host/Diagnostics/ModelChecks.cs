using System.Globalization;
using Agent.Core.Chat.Template;
using Agent.Core.Gguf;
using Agent.Host.Composition;
using Agent.Host.Configuration;

namespace Agent.Host.Diagnostics;

/// <summary>What a model file says before native code sees it.</summary>
internal static class ModelChecks
{
    private const string ModelName = "model file";

    /// <summary>The checks of the file that the settings name.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="found">Receives the file where it is sound.</param>
    public static IEnumerable<DoctorCheck> OfFile(AgentSettings settings, Action<ModelFile> found)
    {
        var (check, model) = Read(settings);
        yield return check;
        if (model is null)
        {
            yield break;
        }

        found(model);
        yield return Pin(settings);
        yield return Template(model.Description);
        yield return ToolTokens(model.File);
    }

    private static (DoctorCheck Check, ModelFile? Model) Read(AgentSettings settings)
    {
        try
        {
            var file = GgufFile.Read(ModelLoading.FindFile(settings));
            var model = ModelDescription.From(file);
            model.EnsureCanGenerate();
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Path}\n{model.Architecture}, {model.Quantization}, {model.ParameterCount / 1e6:0.#} M parameters, {Size.Of(model.FileSize)}, trained for {model.ContextLength:N0} tokens, {model.VocabularySize:N0} token ids");
            return (DoctorCheck.Ok(ModelName, text), new ModelFile(file, model));
        }
        catch (Exception e) when (e is AgentStartException or GgufFormatException or IOException or UnauthorizedAccessException)
        {
            return (DoctorCheck.Fail(ModelName, e, ExitCodes.CannotLoad), null);
        }
    }

    /// <summary>Loading compares the hash; a wrong one shows there.</summary>
    private static DoctorCheck Pin(AgentSettings settings) => settings.Model.Sha256 is { } pin
        ? DoctorCheck.Ok("sha256", $"pinned to {pin.ToLowerInvariant()}; compared when loading")
        : DoctorCheck.Warn("sha256", "not pinned: a file that was changed would be loaded", "Set Agent:Model:Sha256 beside Agent:Model:Path to the file's SHA-256.");

    private static DoctorCheck Template(ModelDescription model)
    {
        const string Name = "chat template";
        return QwenChatTemplate.Matches(model.ChatTemplate)
            ? DoctorCheck.Ok(Name, "Qwen2.5, as the file has it")
            : DoctorCheck.Warn(
                Name,
                model.ChatTemplate is null ? "the file has none; Qwen2.5's is used" : "the file's own is not Qwen2.5's, which is used all the same",
                "Choose a Qwen2.5 model: another format costs answers and tool calls.");
    }

    private static DoctorCheck ToolTokens(GgufFile file)
    {
        const string Name = "tool tokens";
        const int Control = 3, UserDefined = 4;
        string[] tags = ["<tool_call>", "</tool_call>"];
        if (!file.TryGetArray("tokenizer.ggml.tokens", out var tokens))
        {
            return DoctorCheck.Fail(Name, "the file has no vocabulary", "Use a complete build of the model.", ExitCodes.CannotLoad);
        }

        long[] types = file.TryGetArray("tokenizer.ggml.token_type", out var all) ? [.. all.EnumerateIntegers()] : [];
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var id = 0;
        foreach (var token in tokens.EnumerateStrings())
        {
            if (tags.Contains(token, StringComparer.Ordinal))
            {
                ids[token] = id;
            }

            id++;
        }

        var kinds = tags.Select(tag => !ids.TryGetValue(tag, out var at) ? $"{tag} is missing"
            : types.ElementAtOrDefault(at) switch
            {
                Control => $"{tag} is control token {at}",
                UserDefined => $"{tag} is user-defined token {at}",
                _ => $"{tag} is ordinary token {at}",
            }).ToList();
        var sound = tags.All(tag => ids.TryGetValue(tag, out var at) && types.ElementAtOrDefault(at) is Control or UserDefined);
        return sound
            ? DoctorCheck.Ok(Name, string.Join(", ", kinds))
            : DoctorCheck.Warn(Name, string.Join(", ", kinds), "Choose a model that was trained with these tags (Qwen2.5 Instruct): it will call tools less reliably.");
    }
}
