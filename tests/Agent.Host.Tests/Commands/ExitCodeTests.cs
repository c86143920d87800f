using System.Security.Cryptography;
using Agent.Host.Tests.Support;

namespace Agent.Host.Tests.Commands;

/// <summary>What goes wrong before an answer, and the exit code it leads to.</summary>
[Collection("program")]
public sealed class ExitCodeTests : IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly FakeConsole _console = new();
    private readonly FakeConsole _json = new();

    public ExitCodeTests(WeatherServer server) => _workspace.Write("tools.yaml", server.ToolsFile);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_missing_model_names_the_places_that_were_looked_at()
    {
        await ExpectAsync(ExitCodes.CannotLoad, "model", "--model", "no.gguf");

        Assert.Equal(
            $"error: There is no model file 'no.gguf' (looked for {Path.Combine(_workspace.Path, "no.gguf")} and {Path.Combine(AppContext.BaseDirectory, "no.gguf")}). Name a GGUF file with --model or Agent:Model:Path.\n",
            _console.Errors);
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_refused()
    {
        _workspace.Write("text.gguf", "hello");

        await ExpectAsync(ExitCodes.CannotLoad, "model", "--model", "text.gguf");
    }

    [Fact]
    public async Task A_folder_is_no_model()
    {
        await ExpectAsync(ExitCodes.CannotLoad, "model", "--model", ".");
    }

    [Fact]
    public async Task A_model_that_was_changed_is_refused()
    {
        var wrong = Convert.ToHexStringLower(SHA256.HashData("other"u8));
        _workspace.Variables["Agent__Model__Sha256"] = wrong;

        await ExpectAsync(ExitCodes.CannotLoad, "model");

        Assert.Contains($"and {wrong} is pinned", _console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_that_is_not_there_is_refused()
    {
        _workspace.Variables["Agent__Native__LibraryPath"] = "nowhere";

        await ExpectAsync(ExitCodes.CannotLoad, "native_library");
    }

    [Fact]
    public async Task A_wrong_tool_file_is_a_usage_error()
    {
        _workspace.Write("tools.yaml", "version: 1\ntools:\n  - nam: x\n");

        await ExpectAsync(ExitCodes.Usage, "tools_file");
    }

    [Fact]
    public async Task A_missing_tool_file_is_a_usage_error()
    {
        await ExpectAsync(ExitCodes.Usage, "tools_file", "--tools", "absent.yaml");
    }

    [Fact]
    public async Task A_missing_prompt_is_a_usage_error()
    {
        await ExpectAsync(ExitCodes.Usage, "prompt", "--prompt", "absent");

        Assert.StartsWith("error: There is no prompt 'absent.zh.md' in '", _console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_configuration_lists_every_problem()
    {
        _workspace.Variables["Agent__Engine__Thread"] = "3";
        _workspace.Variables["Agent__Sampling__Temperature"] = "9";

        await ExpectAsync(ExitCodes.Usage, "configuration");

        Assert.Equal(
            "error: Agent:Sampling:Temperature is '9' (environment variable Agent__Sampling__Temperature); it must be a number from 0 to 5.\n"
            + "Agent:Engine:Thread (environment variable Agent__Engine__Thread) is not a setting. Did you mean Agent:Engine:Threads?\n",
            _console.Errors);
    }

    [Fact]
    public async Task Expected_errors_show_a_stack_trace_only_when_asked()
    {
        var quiet = new FakeConsole();
        var verbose = new FakeConsole();

        await _workspace.RunAsync(quiet, "ask", "hi", "--prompt", "absent");
        await _workspace.RunAsync(verbose, "ask", "hi", "--prompt", "absent", "--verbose");

        Assert.DoesNotContain("   at ", quiet.Errors, StringComparison.Ordinal);
        Assert.Contains("   at Agent.Core.Prompts.PromptLibrary", verbose.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aks")]
    [InlineData("ask", "one", "two")]
    [InlineData("tools")]
    [InlineData("ask", "hi", "--modell", "x")]
    public async Task Usage_errors_leave_standard_output_alone(params string[] arguments)
    {
        var code = await _workspace.RunAsync(_console, arguments);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Equal("", _console.Output);
        Assert.EndsWith("Run with --help to see what there is.\n", _console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_the_commands_and_the_exit_codes()
    {
        var code = await _workspace.RunAsync(_console, "--help");

        Assert.Equal(ExitCodes.Success, code);
        Assert.All(["ask", "chat", "tools", "doctor", "Exit codes", "130"], word => Assert.Contains(word, _console.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Version_is_that_of_the_program()
    {
        var code = await _workspace.RunAsync(_console, "--version");

        Assert.Equal(ExitCodes.Success, code);
        Assert.StartsWith("agent 0.", _console.Output, StringComparison.Ordinal);
    }

    private async Task ExpectAsync(int code, string name, params string[] options)
    {
        Assert.Equal(code, await _workspace.RunAsync(_console, ["ask", "hi", .. options]));
        Assert.Equal(code, await _workspace.RunAsync(_json, ["ask", "hi", "--json", .. options]));
        Assert.Equal("", _console.Output);
        Assert.StartsWith("error: ", _console.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _console.Errors, StringComparison.Ordinal);
        Assert.StartsWith($"{{\"type\":\"error\",\"code\":\"{name}\",\"message\":\"", _json.Output, StringComparison.Ordinal);
    }
}
