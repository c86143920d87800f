using Agent.Core.Agents;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Native;
using Agent.Host.Configuration;

namespace Agent.Host.Tests.Configuration;

/// <summary>Sources, precedence, and the message of every mistake.</summary>
public sealed class SettingsLoaderTests : IDisposable
{
    private readonly SettingsHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Without_any_source_the_option_records_decide()
    {
        var settings = _home.Load();

        Assert.Equal(new ModelSettings(), settings.Model);
        Assert.Equal(new EngineOptions(), settings.Engine);
        Assert.Equal(new LlamaRuntimeOptions(), settings.Native);
        Assert.Equal(SamplingOptions.Greedy, settings.Sampling);
        Assert.Equal(new PromptSettings(), settings.Prompt);
        Assert.Equal(new AgentLimits(), settings.Loop);
        Assert.Equal("tools.yaml", settings.ToolsFile);
        Assert.True(settings.ReloadTools);
        Assert.False(settings.AllowProcesses);
        Assert.False(settings.ContextIsChosen);
        Assert.Empty(settings.Sources);
    }

    [Fact]
    public void A_later_source_wins()
    {
        _home.Write("program/appsettings.json", """{"Agent":{"Engine":{"Threads":1,"BatchSize":64,"QueueLimit":11,"MicroBatchSize":33}}}""");
        _home.Write("current/appsettings.json", """{"Agent":{"Engine":{"BatchSize":65,"QueueLimit":12,"MicroBatchSize":34}}}""");
        _home.Variables["Agent__Engine__QueueLimit"] = "13";
        _home.Variables["AGENT__ENGINE__MICROBATCHSIZE"] = "35";
        _home.Variables["OTHER"] = "x";

        var settings = _home.Load(("Agent:Engine:MicroBatchSize", "36", "--micro"));

        Assert.Equal((1, 65, 13, 36), (settings.Engine.Threads, settings.Engine.BatchSize, settings.Engine.QueueLimit, settings.Engine.MicroBatchSize));
        Assert.Equal(
            [
                Path.Combine(_home.Program, "appsettings.json"), Path.Combine(_home.Current, "appsettings.json"),
                "environment variable AGENT__ENGINE__MICROBATCHSIZE", "environment variable Agent__Engine__QueueLimit", "option --micro",
            ],
            settings.Sources);
    }

    [Fact]
    public void An_empty_value_is_the_default()
    {
        _home.Write("program/appsettings.json", """{"Agent":{"Engine":{"ContextTokens":1024,"Profile":null}}}""");
        _home.Variables["Agent__Engine__ContextTokens"] = "";

        var settings = _home.Load();

        Assert.Null(settings.Engine.ContextTokens);
        Assert.False(settings.ContextIsChosen);
    }

    [Theory]
    [InlineData("Agent:Engine:Profile", "Chats", "it must be one of Chat, Documents, Logs, Books.")]
    [InlineData("Agent:Engine:Profile", "1", "it must be one of Chat, Documents, Logs, Books.")]
    [InlineData("Agent:Engine:ContextTokens", "255", "it must be a whole number from 256 to 1,048,576.")]
    [InlineData("Agent:Engine:MaxSequences", "257", "it must be a whole number from 1 to 256.")]
    [InlineData("Agent:Engine:BatchSize", "2k", "it must be a whole number from 32 to 16,384.")]
    [InlineData("Agent:Engine:FlashAttention", "on", "it must be true or false.")]
    [InlineData("Agent:Engine:KvCacheType", "Q4_0", "it must be one of F16, Q8_0.")]
    [InlineData("Agent:Model:Sha256", "abc", "it must be 64 hexadecimal digits; of a split model, those of each file in order, with commas between.")]
    [InlineData("Agent:Model:GpuLayers", "-1", "it must be a whole number from 0 to 1,000.")]
    [InlineData("Agent:Model:SplitMode", "Tensor", "it must be one of None, Layer, Row.")]
    [InlineData("Agent:Model:MainGpu", "-1", "it must be a whole number of 0 or more.")]
    [InlineData("Agent:Model:TensorSplit:1", "half", "it must be a number from 0 to 1000000.")]
    [InlineData("Agent:Model:TensorSplit", "3,1", "it must be a list: [ ... ] in JSON, or Agent:Model:TensorSplit:0, Agent:Model:TensorSplit:1 and so on.")]
    [InlineData("Agent:Model:CallThreshold", "0", "it must be a number above 0 up to 1.")]
    [InlineData("Agent:Model:MaxOutputTokens", "0", "it must be a whole number of 1 or more.")]
    [InlineData("Agent:Native:Backend", "rocm", "it must be one of Auto, Cpu, Cuda, Vulkan, Metal.")]
    [InlineData("Agent:Sampling:Temperature", "NaN", "it must be a number from 0 to 5.")]
    [InlineData("Agent:Sampling:TopK", "-1", "it must be a whole number of 0 or more.")]
    [InlineData("Agent:Sampling:Seed", "x", "it must be a whole number of 64 bits.")]
    [InlineData("Agent:Model:ConstrainToolCalls", "maybe", "it must be true or false.")]
    [InlineData("Agent:Tools:Reload", "often", "it must be true or false.")]
    [InlineData("Agent:Tools:AllowProcesses", "yes", "it must be true or false.")]
    [InlineData("Agent:Loop:MaxRounds", "101", "it must be a whole number from 1 to 100.")]
    [InlineData("Agent:Loop:MaxDuration", "2", "it must be a duration from 1ms to 24h, such as 500ms, 30s, 2m or 1h.")]
    [InlineData("Agent:Loop:MaxDuration", "25h", "it must be a duration from 1ms to 24h, such as 500ms, 30s, 2m or 1h.")]
    [InlineData("Agent:Loop:MaxToolResultBytes", "16777217", "it must be a whole number from 256 to 16,777,216.")]
    public void An_invalid_value_names_key_value_source_and_range(string key, string value, string allowed)
    {
        var variable = key.Replace(":", "__", StringComparison.Ordinal);
        _home.Variables[variable] = value;

        Assert.Equal([$"{key} is '{value}' (environment variable {variable}); {allowed}"], _home.Problems());
    }

    [Theory]
    [InlineData("""{"Agent":{"Engine":{"Profil":"Chat"}}}""", "Agent:Engine:Profil ({0}) is not a setting. Did you mean Agent:Engine:Profile?")]
    [InlineData("""{"Agent":{"Tools":{"Xyz":"1"}}}""", "Agent:Tools:Xyz ({0}) is not a setting. The settings of Agent:Tools are File, AllowProcesses, Ledger, Reload.")]
    [InlineData("""{"Agent":{"Promt":{"Name":"x"}}}""", "Agent:Promt ({0}) is not a section. Did you mean Agent:Prompt?")]
    [InlineData("""{"Agent":{"Zebra":1}}""", "Agent:Zebra ({0}) is not a section. The sections of Agent are Model, Engine, Native, Sampling, Prompt, Loop, Retrieval, Embedding, Tools.")]
    [InlineData("""{"Agent":{"Tools":"tools.yaml"}}""", "Agent:Tools ({0}) is 'tools.yaml', but it is a section. Its settings are File, AllowProcesses, Ledger, Reload.")]
    [InlineData("""{"Agent":{"Tools":{"File":["a"]}}}""", "Agent:Tools:File ({0}) has settings under it, but it is a single value. Write the value itself.")]
    public void A_mistake_in_a_file_names_the_file(string json, string expected)
    {
        var file = _home.Write("current/appsettings.json", json);

        Assert.Equal([string.Format(null, expected, file)], _home.Problems());
    }

    [Theory]
    [InlineData("Model", "Agent:Model:Path", "--model", "Path, Sha256, GpuLayers, SplitMode, MainGpu, TensorSplit, MemoryMap, LockMemory, Adapters, CallThreshold, ConstrainToolCalls, MaxOutputTokens, Id")]
    [InlineData("Prompt", "Agent:Prompt:Name", "--prompt", "Directory, Name, Language")]
    [InlineData("Tools", "Agent:Tools:File", "--tools", "File, AllowProcesses, Ledger, Reload")]
    public void A_section_with_a_value_is_told_at_the_source_of_that_value(string section, string key, string option, string keys)
    {
        _home.Variables[$"Agent__{section}"] = "x";

        var problem = Assert.Single(_home.Problems((key, "y", option)));

        Assert.Equal($"Agent:{section} (environment variable Agent__{section}) is 'x', but it is a section. Its settings are {keys}.", problem);
    }

    [Fact]
    public void Settings_below_a_single_value_are_told_at_their_own_source()
    {
        var file = _home.Write("current/appsettings.json", """{"Agent":{"Tools":{"File":["a"]}}}""");

        Assert.Equal([$"Agent:Tools:File ({file}) has settings under it, but it is a single value. Write the value itself."], _home.Problems(("Agent:Tools:File", "y", "--tools")));
    }

    [Fact]
    public void A_mistake_below_a_section_of_the_command_line_names_the_option() =>
        Assert.Equal(
            ["Agent:Zebra (option --zebra) is not a section. The sections of Agent are Model, Engine, Native, Sampling, Prompt, Loop, Retrieval, Embedding, Tools."],
            _home.Problems(("Agent:Zebra:Stripes", "7", "--zebra")));

    [Fact]
    public void A_file_that_is_not_json_is_one_clear_error()
    {
        var file = _home.Write("current/appsettings.json", "{ nope");

        var problem = Assert.Single(_home.Problems());
        Assert.StartsWith($"{file} cannot be read: 'n' is an invalid start of a property name", problem, StringComparison.Ordinal);
        Assert.EndsWith("Correct the file, or remove it.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_come_at_once()
    {
        _home.Variables["Agent__Loop__MaxRounds"] = "0";
        _home.Variables["Agent__Model__GpuLayers"] = "many";
        _home.Variables["Agent__Engine__KvCacheType"] = "Q8_0";
        _home.Variables["Agent__Engine__FlashAttention"] = "false";

        Assert.Equal(3, _home.Problems().Count);
        Assert.Contains(_home.Problems(), p => p.StartsWith("Agent:Engine:KvCacheType Q8_0 needs flash attention.", StringComparison.Ordinal) && !p.Contains("Parameter", StringComparison.Ordinal));
    }

    [Fact]
    public void A_path_is_looked_up_in_the_current_folder_and_then_beside_the_program()
    {
        _home.Write("program/both.txt", "");
        _home.Write("current/both.txt", "");
        _home.Write("program/one.txt", "");
        var settings = _home.Load();

        Assert.Equal(Path.Combine(_home.Current, "both.txt"), settings.Resolve("both.txt").Full);
        Assert.Equal(Path.Combine(_home.Program, "one.txt"), settings.Resolve("one.txt").Full);
        var absent = settings.Resolve("none.txt");
        Assert.False(absent.Exists);
        Assert.Equal([Path.Combine(_home.Current, "none.txt"), Path.Combine(_home.Program, "none.txt")], absent.Tried);
    }
}
