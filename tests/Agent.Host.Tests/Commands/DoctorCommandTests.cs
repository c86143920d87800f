using System.Text.Json;
using Agent.Host.Tests.Support;
using Agent.Testing;

namespace Agent.Host.Tests.Commands;

/// <summary>The doctor, on a healthy installation and on sick ones.</summary>
[Collection("program")]
public sealed class DoctorCommandTests : IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly FakeConsole _console = new();

    public DoctorCommandTests(WeatherServer server) => _workspace.Write("tools.yaml", server.ToolsFile);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_healthy_installation_passes_every_check()
    {
        var code = await _workspace.RunAsync(_console, "doctor", "--json");

        Assert.Equal(ExitCodes.Success, code);
        var root = JsonElement.Parse(_console.Output);
        Assert.True(root.GetProperty("ok").GetBoolean());
        var checks = root.GetProperty("checks").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);
        Assert.Equal(
            ["configuration", "tools", "ledger", "prompts", "native library", "devices", "cpu", "model file", "sha256", "chat template", "tool tokens", "context", "loading"],
            checks.Keys);
        Assert.All(checks.Values, check => Assert.Equal("ok", check.GetProperty("status").GetString()));
        Assert.Contains("user-defined token", Detail(checks["tool tokens"]), StringComparison.Ordinal);
        Assert.Contains("qwen2, Q8_0, ", Detail(checks["model file"]), StringComparison.Ordinal);
        Assert.Contains("1 x 4,096 tokens of 6,656 bytes", Detail(checks["context"]), StringComparison.Ordinal);
        Assert.Contains("13 layers", Detail(checks["loading"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_people_there_is_a_line_a_check()
    {
        var code = await _workspace.RunAsync(_console, "doctor");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("ok    chat template   Qwen2.5, as the file has it\n", _console.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', _console.Output);
    }

    [Fact]
    public async Task Everything_that_is_wrong_shows_at_once()
    {
        _workspace.Write("tools.yaml", "version: 1\ntools: 5\n");
        _workspace.Write("bad.gguf", "not a model");

        var code = await _workspace.RunAsync(_console, "doctor", "--model", "bad.gguf", "--prompt", "absent", "--json");

        Assert.Equal(ExitCodes.Usage, code);
        var root = JsonElement.Parse(_console.Output);
        Assert.False(root.GetProperty("ok").GetBoolean());
        var failed = root.GetProperty("checks").EnumerateArray().Where(c => c.GetProperty("status").GetString() == "fail").Select(c => c.GetProperty("name").GetString());
        Assert.Equal(["tools", "prompts", "model file"], failed);
    }

    [Fact]
    public async Task A_wrong_configuration_does_not_keep_the_rest_from_being_checked()
    {
        _workspace.Variables["Agent__Engine__Threads"] = "0";

        var code = await _workspace.RunAsync(_console, "doctor");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("FAIL  configuration   Agent:Engine:Threads is '0' (environment variable Agent__Engine__Threads); it must be a whole number from 1 to 512.\n", _console.Output, StringComparison.Ordinal);
        Assert.Contains("ok    native library", _console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_that_does_not_fit_is_named_with_its_fix()
    {
        _workspace.Variables["Agent__Model__Adapters__0__Path"] = Path.Combine(Repository.Root, "models", "agent-mini.gguf");

        var code = await _workspace.RunAsync(_console, "doctor");

        Assert.Equal(ExitCodes.CannotLoad, code);
        Assert.Contains("agent-mini.gguf: general.type is \"model\", and \"adapter\" is needed. Name a LoRA adapter in Agent:Model:Adapters", _console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_that_is_not_there_is_named_with_its_key()
    {
        _workspace.Variables["Agent__Model__Adapters__0__Path"] = "absent.gguf";

        var code = await _workspace.RunAsync(_console, "doctor");

        Assert.Equal(ExitCodes.CannotLoad, code);
        Assert.Contains("There is no adapter file 'absent.gguf'", _console.Output, StringComparison.Ordinal);
        Assert.Contains("Agent:Model:Adapters:0:Path", _console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_without_weights_cannot_answer()
    {
        var code = await _workspace.RunAsync(_console, "doctor", "--model", Path.Combine(Repository.Root, "tests", "data", "qwen2.5-vocab.gguf"));

        Assert.Equal(ExitCodes.CannotLoad, code);
        Assert.Contains("FAIL  model file", _console.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Context")]
    [InlineData("Tool")]
    public async Task A_collection_that_is_missing_is_told(string use)
    {
        _workspace.Variables["Agent__Retrieval__Use"] = use;

        var code = await _workspace.RunAsync(_console, "doctor");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("FAIL  collection", _console.Output, StringComparison.Ordinal);
        Assert.Contains("There is no collection 'default'. Fill one with: agent ingest PATH", _console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collection_that_can_be_searched_passes()
    {
        _workspace.Write("docs/pump.md", "Grease the pump.");
        Assert.Equal(ExitCodes.Success, await _workspace.RunAsync(new FakeConsole(), "ingest", "docs"));
        _workspace.Variables["Agent__Retrieval__Use"] = "Context";

        var code = await _workspace.RunAsync(_console, "doctor", "--json");

        Assert.Equal(ExitCodes.Success, code);
        var checks = Checks();
        Assert.StartsWith("default: 1 documents, 1 passages, in ", Detail(checks["collection"]), StringComparison.Ordinal);
        Assert.Contains("passages.en", Detail(checks["passage prompts"]), StringComparison.Ordinal);
        Assert.StartsWith("Lexical", Detail(checks["search"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_that_cannot_be_made_is_told()
    {
        _workspace.Write("docs/pump.md", "Grease the pump.");
        Assert.Equal(ExitCodes.Success, await _workspace.RunAsync(new FakeConsole(), "ingest", "docs"));
        _workspace.Write("prompts/system.en.md", "Help.");
        foreach (var (name, value) in new[] { ("Use", "Context"), ("Mode", "Dense") })
        {
            _workspace.Variables[$"Agent__Retrieval__{name}"] = value;
        }

        _workspace.Variables["Agent__Prompt__Language"] = "en";
        _workspace.Variables["Agent__Prompt__Name"] = "system";
        _workspace.Variables["Agent__Embedding__Url"] = "http://127.0.0.1:1/v1";
        _workspace.Variables["Agent__Embedding__Model"] = "m";

        await _workspace.RunAsync(_console, "doctor", "--json");

        var checks = Checks();
        Assert.Equal(["passage prompts", "search"], checks.Where(check => check.Value.GetProperty("status").GetString() == "fail").Select(check => check.Key));
        Assert.Contains("passages.en.md", Detail(checks["passage prompts"]), StringComparison.Ordinal);
        Assert.Contains("The server http://127.0.0.1:1/v1 cannot be reached", Detail(checks["search"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reranker_that_is_missing_is_told()
    {
        _workspace.Write("docs/pump.md", "Grease the pump.");
        Assert.Equal(ExitCodes.Success, await _workspace.RunAsync(new FakeConsole(), "ingest", "docs"));
        _workspace.Variables["Agent__Retrieval__Use"] = "Tool";
        _workspace.Variables["Agent__Retrieval__Reranker"] = "gone.gguf";

        var code = await _workspace.RunAsync(_console, "doctor", "--json");

        Assert.Equal(ExitCodes.CannotLoad, code);
        Assert.Contains("There is no model file 'gone.gguf'", Detail(Checks()["search"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("write", "fail", ExitCodes.Failed)]
    [InlineData("read", "warn", ExitCodes.Success)]
    public async Task A_ledger_that_cannot_be_written_is_told(string effects, string status, int exitCode)
    {
        _workspace.Write("tools.yaml", $"{File.ReadAllText(Path.Combine(_workspace.Path, "tools.yaml"))}\n    effects: {effects}");
        Directory.CreateDirectory(Path.Combine(_workspace.Path, "ledger.db"));

        var code = await _workspace.RunAsync(_console, "doctor", "--json");

        Assert.Equal(exitCode, code);
        var check = Checks()["ledger"];
        Assert.Equal(status, check.GetProperty("status").GetString());
        Assert.StartsWith($"{Path.Combine(_workspace.Path, "ledger.db")} cannot be written: ", Detail(check), StringComparison.Ordinal);
        Assert.Contains("Agent:Tools:Ledger", check.GetProperty("fix").GetString(), StringComparison.Ordinal);
    }

    private Dictionary<string, JsonElement> Checks() =>
        JsonElement.Parse(_console.Output).GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!, check => check);

    private static string Detail(JsonElement check) => check.GetProperty("detail").GetString()!;
}
