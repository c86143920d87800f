using System.Reflection;
using Agent.Core.Agents;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Native;
using Agent.Host.Configuration;
using Agent.Host.Tests.Support;
using Agent.Testing;

namespace Agent.Host.Tests.Configuration;

/// <summary>Sources, precedence, and the message of every mistake.</summary>
public sealed class SettingsLoaderTests : IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly string _program;
    private readonly string _current;

    public SettingsLoaderTests()
    {
        _program = Directory.CreateDirectory(Path.Combine(_workspace.Path, "program")).FullName;
        _current = Directory.CreateDirectory(Path.Combine(_workspace.Path, "current")).FullName;
        _workspace.Variables.Clear();
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Without_any_source_the_option_records_decide()
    {
        var settings = Load();

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
        _workspace.Write("program/appsettings.json", """{"Agent":{"Engine":{"Threads":1,"BatchSize":64,"QueueLimit":11,"MicroBatchSize":33}}}""");
        _workspace.Write("current/appsettings.json", """{"Agent":{"Engine":{"BatchSize":65,"QueueLimit":12,"MicroBatchSize":34}}}""");
        _workspace.Variables["Agent__Engine__QueueLimit"] = "13";
        _workspace.Variables["AGENT__ENGINE__MICROBATCHSIZE"] = "35";
        _workspace.Variables["OTHER"] = "x";

        var settings = Load(("Agent:Engine:MicroBatchSize", "36", "--micro"));

        Assert.Equal((1, 65, 13, 36), (settings.Engine.Threads, settings.Engine.BatchSize, settings.Engine.QueueLimit, settings.Engine.MicroBatchSize));
        Assert.Equal(
            [
                Path.Combine(_program, "appsettings.json"), Path.Combine(_current, "appsettings.json"),
                "environment variable AGENT__ENGINE__MICROBATCHSIZE", "environment variable Agent__Engine__QueueLimit", "option --micro",
            ],
            settings.Sources);
    }

    [Fact]
    public void An_empty_value_is_the_default()
    {
        _workspace.Write("program/appsettings.json", """{"Agent":{"Engine":{"ContextTokens":1024,"Profile":null}}}""");
        _workspace.Variables["Agent__Engine__ContextTokens"] = "";

        var settings = Load();

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
        _workspace.Variables[variable] = value;

        Assert.Equal([$"{key} is '{value}' (environment variable {variable}); {allowed}"], Problems());
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
        var file = _workspace.Write("current/appsettings.json", json);

        Assert.Equal([string.Format(null, expected, file)], Problems());
    }

    [Theory]
    [InlineData("Agent__Retrieval__Mode", "Dense", "Agent:Retrieval:Mode", "needs an embedding model")]
    [InlineData("Agent__Retrieval__Collection", "../x", "Agent:Retrieval:Collection", "1 to 64 of a-z")]
    [InlineData("Agent__Retrieval__Tenant", "A", "Agent:Retrieval:Tenant", "1 to 64 of a-z")]
    [InlineData("Agent__Embedding__Url", "ftp://x", "Agent:Embedding:Url", "is no address of a server")]
    [InlineData("Agent__Embedding__Url", "http://localhost:1/v1", "Agent:Embedding:Model", "is missing")]
    [InlineData("Agent__Embedding__Pooling", "None", "Agent:Embedding:Pooling", "Mean, Cls or Last")]
    [InlineData("Agent__Retrieval__Connection", "Host=h;Password=hunter2;Nonsense=1", "Agent:Retrieval:Connection", "The connection of the collections")]
    public void A_mistake_in_the_search_is_named_without_secrets(string variable, string value, string key, string expected)
    {
        _workspace.Variables[variable] = value;

        var problem = Assert.Single(Problems());
        Assert.Contains(key, problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tenant_has_a_folder_of_its_own_below_the_folder_of_collections()
    {
        Assert.Equal(Path.Combine(_current, ".agent", "collections"), Load().CollectionsPath());
        _workspace.Variables["Agent__Retrieval__Tenant"] = "t7";
        Assert.Equal(Path.Combine(_current, ".agent", "collections", "t7"), Load().CollectionsPath());
    }

    [Theory]
    [InlineData("Model", "Agent:Model:Path", "--model", "Path, Sha256, GpuLayers, SplitMode, MainGpu, TensorSplit, MemoryMap, LockMemory, Adapters, CallThreshold, ConstrainToolCalls, MaxOutputTokens, Id")]
    [InlineData("Prompt", "Agent:Prompt:Name", "--prompt", "Directory, Name, Language")]
    [InlineData("Tools", "Agent:Tools:File", "--tools", "File, AllowProcesses, Ledger, Reload")]
    public void A_section_with_a_value_is_told_at_the_source_of_that_value(string section, string key, string option, string keys)
    {
        _workspace.Variables[$"Agent__{section}"] = "x";

        var problem = Assert.Single(Problems((key, "y", option)));

        Assert.Equal($"Agent:{section} (environment variable Agent__{section}) is 'x', but it is a section. Its settings are {keys}.", problem);
    }

    [Fact]
    public void Settings_below_a_single_value_are_told_at_their_own_source()
    {
        var file = _workspace.Write("current/appsettings.json", """{"Agent":{"Tools":{"File":["a"]}}}""");

        Assert.Equal([$"Agent:Tools:File ({file}) has settings under it, but it is a single value. Write the value itself."], Problems(("Agent:Tools:File", "y", "--tools")));
    }

    [Fact]
    public void A_mistake_below_a_section_of_the_command_line_names_the_option() =>
        Assert.Equal(
            ["Agent:Zebra (option --zebra) is not a section. The sections of Agent are Model, Engine, Native, Sampling, Prompt, Loop, Retrieval, Embedding, Tools."],
            Problems(("Agent:Zebra:Stripes", "7", "--zebra")));

    [Theory]
    [InlineData("http://localhost:8080", "http://localhost:8080/v1")]
    [InlineData("http://localhost:8080/", "http://localhost:8080/v1")]
    [InlineData("https://a.example/openai/v1", "https://a.example/openai/v1")]
    public void The_address_of_a_server_is_read_as_everywhere(string written, string read)
    {
        _workspace.Variables["Agent__Embedding__Url"] = written;
        _workspace.Variables["Agent__Embedding__Model"] = "m";

        Assert.Equal(new Uri(read), Load().Embedding.Url);
    }

    [Theory]
    [InlineData("http://me:hunter2@localhost:8080/v1", "holds a user name or a password. Write it without them; the key belongs in AGENT_EMBEDDING_KEY.")]
    [InlineData("http://me:hunter2@[::1/v1", "is no address of a server. Write one such as http://localhost:8080/v1; the key belongs in AGENT_EMBEDDING_KEY.")]
    [InlineData("me:hunter2@localhost:8080/v1", "is no address of a server. Write one such as http://localhost:8080/v1; the key belongs in AGENT_EMBEDDING_KEY.")]
    public void The_address_of_a_server_holds_no_password_and_none_is_shown(string written, string expected)
    {
        _workspace.Variables["Agent__Embedding__Url"] = written;
        _workspace.Variables["Agent__Embedding__Model"] = "m";

        Assert.Equal([$"Agent:Embedding:Url (environment variable Agent__Embedding__Url) {expected}"], Problems());
    }

    [Fact]
    public void A_file_that_is_not_json_is_one_clear_error()
    {
        var file = _workspace.Write("current/appsettings.json", "{ nope");

        var problem = Assert.Single(Problems());
        Assert.StartsWith($"{file} cannot be read: 'n' is an invalid start of a property name", problem, StringComparison.Ordinal);
        Assert.EndsWith("Correct the file, or remove it.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_come_at_once()
    {
        _workspace.Variables["Agent__Loop__MaxRounds"] = "0";
        _workspace.Variables["Agent__Model__GpuLayers"] = "many";
        _workspace.Variables["Agent__Engine__KvCacheType"] = "Q8_0";
        _workspace.Variables["Agent__Engine__FlashAttention"] = "false";

        Assert.Equal(3, Problems().Count);
        Assert.Contains(Problems(), p => p.StartsWith("Agent:Engine:KvCacheType Q8_0 needs flash attention.", StringComparison.Ordinal) && !p.Contains("Parameter", StringComparison.Ordinal));
    }

    [Fact]
    public void What_describes_one_model_file_does_not_count_for_another()
    {
        var hash = new string('a', 64);
        _workspace.Write(
            "program/appsettings.json",
            """{"Agent":{"Model":{"Path":"a.gguf","Sha256":"HASH","CallThreshold":0.05,"Id":"a","MaxOutputTokens":9}}}""".Replace("HASH", hash, StringComparison.Ordinal));

        Assert.Equal((hash, 0.05, "a", 9), Described(Load()));
        Assert.Equal((null, null, null, 9), Described(Load(("Agent:Model:Path", "b.gguf", "--model"))));

        _workspace.Variables["Agent__Model__Path"] = "c.gguf";
        _workspace.Variables["Agent__Model__Id"] = "c";
        Assert.Equal((null, null, "c", 9), Described(Load()));

        static (string?, double?, string?, int?) Described(AgentSettings s) => (s.Model.Sha256, s.Model.CallThreshold, s.Model.Id, s.Model.MaxOutputTokens);
    }

    [Fact]
    public void Lists_come_from_json_and_from_the_environment()
    {
        _workspace.Write("program/appsettings.json", """{"Agent":{"Model":{"TensorSplit":[3,1.5],"Adapters":[{"Path":"a.gguf"},{"Path":"b.gguf","Scale":0.5}]}}}""");
        _workspace.Variables["Agent__Model__TensorSplit__1"] = "2";
        _workspace.Variables["Agent__Model__Adapters__0__Scale"] = "-1";

        var model = Load().Model;

        Assert.Equal([3, 2], model.TensorSplit);
        Assert.Equal([("a.gguf", -1f), ("b.gguf", 0.5f)], model.Adapters.Select(adapter => (adapter.Path, adapter.Scale)));
    }

    [Fact]
    public void Adapters_of_one_model_file_do_not_count_for_another()
    {
        _workspace.Write("program/appsettings.json", """{"Agent":{"Model":{"Path":"a.gguf","Adapters":[{"Path":"lora.gguf"}]}}}""");

        Assert.Single(Load().Model.Adapters);
        Assert.Empty(Load(("Agent:Model:Path", "b.gguf", "--model")).Model.Adapters);
    }

    [Theory]
    [InlineData("""{"Adapters":[{"Scale":2}]}""", "Agent:Model:Adapters:0 ({0}) has no Path. Name a LoRA adapter in GGUF format.")]
    [InlineData("""{"Adapters":[{"Path":"a","Scale":11}]}""", "Agent:Model:Adapters:0:Scale is '11' ({0}); it must be a number from -10 to 10.")]
    [InlineData("""{"Adapters":[{"Path":"a","Scael":1}]}""", "Agent:Model:Adapters:0:Scael ({0}) is not a setting. Did you mean Agent:Model:Adapters:0:Scale?")]
    [InlineData("""{"Adapters":{"Path":"a"}}""", "Agent:Model:Adapters:Path ({0}) is no place of a list. Its places are Agent:Model:Adapters:0, Agent:Model:Adapters:1 and so on.")]
    [InlineData("""{"MainGpu":0}""", "Agent:Model:MainGpu counts only where one GPU is used, and SplitMode is Layer. Set Agent:Model:SplitMode to None, or remove Agent:Model:MainGpu.")]
    [InlineData("""{"TensorSplit":[0,0]}""", "Agent:Model:TensorSplit has no share above 0, or its sum is none. Give each GPU its share, for example 3 and 1.")]
    public void What_is_wrong_in_the_model_section_is_named(string model, string problem)
    {
        var file = _workspace.Write("program/appsettings.json", $$$"""{"Agent":{"Model":{{{model}}}}}""");

        Assert.Equal([problem.Replace("{0}", file, StringComparison.Ordinal)], Problems());
    }

    [Fact]
    public void A_split_model_may_have_a_hash_for_each_file()
    {
        var hashes = $"{new string('a', 64)}, {new string('B', 64)}";
        _workspace.Variables["Agent__Model__Path"] = "m-00001-of-00002.gguf";
        _workspace.Variables["Agent__Model__Sha256"] = hashes;

        Assert.Equal(hashes, Load().Model.Sha256);
    }

    [Fact]
    public void A_path_is_looked_up_in_the_current_folder_and_then_beside_the_program()
    {
        _workspace.Write("program/both.txt", "");
        _workspace.Write("current/both.txt", "");
        _workspace.Write("program/one.txt", "");
        var settings = Load();

        Assert.Equal(Path.Combine(_current, "both.txt"), settings.Resolve("both.txt").Full);
        Assert.Equal(Path.Combine(_program, "one.txt"), settings.Resolve("one.txt").Full);
        var absent = settings.Resolve("none.txt");
        Assert.False(absent.Exists);
        Assert.Equal([Path.Combine(_current, "none.txt"), Path.Combine(_program, "none.txt")], absent.Tried);
    }

    [Fact]
    public void Every_option_of_the_records_is_a_setting()
    {
        var binder = new SettingsBinder(new SettingsTree([]));
        binder.Bind();
        var keys = binder.Keys.ToList();

        Assert.Empty(Missing<EngineOptions>("Engine"));
        Assert.Empty(Missing<ModelSettings>("Model"));
        Assert.Empty(Missing<PromptSettings>("Prompt"));
        Assert.Empty(Missing<AgentLimits>("Loop"));
        Assert.Equal(["LogitBias"], Missing<SamplingOptions>("Sampling"));
        Assert.Equal(["SearchDirectory"], Missing<LlamaRuntimeOptions>("Native"));

        IEnumerable<string> Missing<T>(string section) => typeof(T)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite)
            .Select(p => p.Name)
            .Where(name => !keys.Contains($"Agent:{section}:{name}", StringComparer.Ordinal));
    }

    [Fact]
    public void The_documentation_names_every_setting()
    {
        var binder = new SettingsBinder(new SettingsTree([]));
        binder.Bind();
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "console.md"));

        Assert.All(binder.Keys, key => Assert.Contains($"`{key}`", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0.05", true)]
    [InlineData("0.95", true)]
    [InlineData("0.04", false)]
    [InlineData("0.96", false)]
    public void The_share_of_the_kv_cache_has_the_same_range_in_both_places(string value, bool valid)
    {
        var options = new EngineOptions { KvMemoryShare = double.Parse(value, System.Globalization.CultureInfo.InvariantCulture) };
        if (valid)
        {
            options.Validate();
            Assert.Equal(options.KvMemoryShare, Load(("Agent:Engine:KvMemoryShare", value, "--x")).Engine.KvMemoryShare);
            return;
        }

        Assert.Contains("Agent:Engine:KvMemoryShare must be 0.05 to 0.95.", Assert.Throws<ArgumentOutOfRangeException>(options.Validate).Message, StringComparison.Ordinal);
        Assert.Throws<SettingsException>(() => Load(("Agent:Engine:KvMemoryShare", value, "--x")));
    }

    /// <summary>The ranges of the settings are those that the records check for callers in C#.</summary>
    [Theory]
    [InlineData("Agent:Engine:ContextTokens", 256, 1048576)]
    [InlineData("Agent:Engine:MaxSequences", 1, 256)]
    [InlineData("Agent:Engine:BatchSize", 32, 16384)]
    [InlineData("Agent:Engine:MicroBatchSize", 32, 16384)]
    [InlineData("Agent:Engine:PrefillTokensWhileDecoding", 32, 16384)]
    [InlineData("Agent:Engine:Threads", 1, 512)]
    [InlineData("Agent:Engine:QueueLimit", 1, 100000)]
    [InlineData("Agent:Engine:HostCacheMiB", 0, 1048576)]
    [InlineData("Agent:Sampling:Temperature", 0, 5)]
    [InlineData("Agent:Sampling:MinP", 0, 1)]
    [InlineData("Agent:Sampling:RepetitionWindow", 1, 8192)]
    [InlineData("Agent:Sampling:FrequencyPenalty", -2, 2)]
    [InlineData("Agent:Sampling:PresencePenalty", -2, 2)]
    [InlineData("Agent:Loop:MaxRounds", 1, 100)]
    [InlineData("Agent:Loop:MaxToolCallsPerRound", 1, 256)]
    [InlineData("Agent:Loop:MaxParallelToolCalls", 1, 256)]
    [InlineData("Agent:Loop:MaxToolResultBytes", 256, 16777216)]
    [InlineData("Agent:Loop:MaxRepeatedCalls", 1, 100)]
    public void Ranges_are_those_of_the_records(string key, int from, int to)
    {
        foreach (var value in new[] { from, to })
        {
            var settings = Load((key, $"{value}", "--x"));
            settings.Engine.Validate();
            settings.Sampling.Validate();
            settings.Loop.Validate();
        }

        foreach (var value in new[] { from - 1, to + 1 })
        {
            Assert.Throws<SettingsException>(() => Load((key, $"{value}", "--x")));
            Assert.Throws<ArgumentOutOfRangeException>(() => ValidateRecord(key, value));
        }
    }

    private static void ValidateRecord(string key, int value)
    {
        var name = key.Split(':')[2];
        switch (key.Split(':')[1])
        {
            case "Engine":
                With(new EngineOptions(), name, value).Validate();
                break;
            case "Sampling":
                With(new SamplingOptions(), name, value).Validate();
                break;
            default:
                With(new AgentLimits(), name, value).Validate();
                break;
        }
    }

    private static T With<T>(T record, string name, int value)
    {
        var property = typeof(T).GetProperty(name)!;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        property.SetValue(record, Convert.ChangeType(value, type, null));
        return record;
    }

    private AgentSettings Load(params (string Key, string Value, string Option)[] options) =>
        SettingsLoader.Load(_program, _current, _workspace.Variables, options);

    private IReadOnlyList<string> Problems(params (string Key, string Value, string Option)[] options) => Assert.Throws<SettingsException>(() => Load(options)).Problems;
}
