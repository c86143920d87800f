using Agent.Host.Configuration;

namespace Agent.Host.Tests.Configuration;

/// <summary>The settings of the model: its lists, and what holds for one file alone.</summary>
public sealed class ModelSettingsTests : IDisposable
{
    private readonly SettingsHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void What_describes_one_model_file_does_not_count_for_another()
    {
        var hash = new string('a', 64);
        _home.Write(
            "program/appsettings.json",
            """{"Agent":{"Model":{"Path":"a.gguf","Sha256":"HASH","CallThreshold":0.05,"Id":"a","MaxOutputTokens":9}}}""".Replace("HASH", hash, StringComparison.Ordinal));

        Assert.Equal((hash, 0.05, "a", 9), Described(_home.Load()));
        Assert.Equal((null, null, null, 9), Described(_home.Load(("Agent:Model:Path", "b.gguf", "--model"))));

        _home.Variables["Agent__Model__Path"] = "c.gguf";
        _home.Variables["Agent__Model__Id"] = "c";
        Assert.Equal((null, null, "c", 9), Described(_home.Load()));

        static (string?, double?, string?, int?) Described(AgentSettings s) => (s.Model.Sha256, s.Model.CallThreshold, s.Model.Id, s.Model.MaxOutputTokens);
    }

    [Fact]
    public void Lists_come_from_json_and_from_the_environment()
    {
        _home.Write("program/appsettings.json", """{"Agent":{"Model":{"TensorSplit":[3,1.5],"Adapters":[{"Path":"a.gguf"},{"Path":"b.gguf","Scale":0.5}]}}}""");
        _home.Variables["Agent__Model__TensorSplit__1"] = "2";
        _home.Variables["Agent__Model__Adapters__0__Scale"] = "-1";

        var model = _home.Load().Model;

        Assert.Equal([3, 2], model.TensorSplit);
        Assert.Equal([("a.gguf", -1f), ("b.gguf", 0.5f)], model.Adapters.Select(adapter => (adapter.Path, adapter.Scale)));
    }

    [Fact]
    public void Adapters_of_one_model_file_do_not_count_for_another()
    {
        _home.Write("program/appsettings.json", """{"Agent":{"Model":{"Path":"a.gguf","Adapters":[{"Path":"lora.gguf"}]}}}""");

        Assert.Single(_home.Load().Model.Adapters);
        Assert.Empty(_home.Load(("Agent:Model:Path", "b.gguf", "--model")).Model.Adapters);
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
        var file = _home.Write("program/appsettings.json", $$$"""{"Agent":{"Model":{{{model}}}}}""");

        Assert.Equal([problem.Replace("{0}", file, StringComparison.Ordinal)], _home.Problems());
    }

    [Fact]
    public void A_split_model_may_have_a_hash_for_each_file()
    {
        var hashes = $"{new string('a', 64)}, {new string('B', 64)}";
        _home.Variables["Agent__Model__Path"] = "m-00001-of-00002.gguf";
        _home.Variables["Agent__Model__Sha256"] = hashes;

        Assert.Equal(hashes, _home.Load().Model.Sha256);
    }
}
