using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Process;

[Collection("process")]
public sealed class ProcessToolTests : IDisposable
{
    private readonly ProcessToolFixture _tools = new();

    public void Dispose() => _tools.Dispose();

    [FactIfProgram("echo")]
    public async Task A_program_answers_with_what_it_writes()
    {
        await using var registry = await _tools.BuildAsync("command: echo\nargs: [hello, \"{name}\"]", "name: { type: string }");
        Assert.Equal("hello O'Brien; ls", await registry.CallAsync("run", """{"name":"O'Brien; ls"}"""));
        Assert.Equal("hello", await registry.CallAsync("run"));
        Assert.False(registry.Tools[0].IsIdempotent);
        Assert.Equal(ToolEffects.Write, registry.Tools[0].Effects);
        Assert.Contains(_tools.Log.Lines, line => line.Contains("ended with exit code 0 after 6 bytes", StringComparison.Ordinal));
    }

    [FactIfProgram("true")]
    public async Task Silence_is_said() => Assert.Equal("done (exit code 0, no output)", await _tools.RunAsync("command: 'true'"));

    [FactIfProgram("sh")]
    public async Task An_exit_code_that_means_failure_comes_with_the_end_of_standard_error()
    {
        const string Options = "command: sh\nargs: [-c, 'i=0; while [ $i -lt 3000 ]; do echo line $i >&2; i=$((i+1)); done; printf \"\\033[31mno such order\\033[0m\\n\" >&2; echo partial; exit 3']";
        var message = await _tools.FailAsync(Options);
        Assert.StartsWith("run ended with exit code 3: ...", message, StringComparison.Ordinal);
        Assert.EndsWith("line 2999\nno such order", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 900, 1_100);
        Assert.Equal("partial", await _tools.RunAsync(Options + "\nexit_codes: [0, 3]"));
    }

    [TheoryIfProgram("sh")]
    [InlineData("exit 7", "run ended with exit code 7 and said nothing")]
    [InlineData("echo not found; exit 1", "run ended with exit code 1: not found")]
    [InlineData("kill -9 $$", "run ended with exit code 137 and said nothing")]
    public async Task A_failure_names_its_exit_code(string script, string message) => Assert.Equal(message, await _tools.FailAsync($"command: sh\nargs: [-c, '{script}']"));

    [FactIfProgram("sh")]
    public async Task Json_is_parsed_and_a_part_of_it_selected()
    {
        const string Json = "command: sh\nargs: [-c, 'printf %s \"$1\"', sh, \"{json}\"]\noutput: json";
        const string Parameters = "json: { type: string }";
        const string Arguments = """{"json":"{\"orders\":[{\"id\":7,\"total\":10.50}]}"}""";
        Assert.Equal("""{"orders":[{"id":7,"total":10.50}]}""", await _tools.RunAsync(Json, Parameters, Arguments));
        Assert.Equal("10.50", await _tools.RunAsync(Json + "\nselect: /orders/0/total", Parameters, Arguments));
        Assert.Equal("the output of run has nothing at /orders/1", await _tools.FailAsync(Json + "\nselect: /orders/1", Parameters, Arguments));
        Assert.Equal("run wrote text that is not valid JSON", await _tools.FailAsync(Json, Parameters, """{"json":"Orders: 7"}"""));
        Assert.Equal("run wrote text that is not valid JSON", await _tools.FailAsync(Json, Parameters, """{"json":""}"""));
    }

    [FactIfProgram("cat")]
    public async Task Arguments_reach_standard_input_as_json_or_as_text()
    {
        const string Parameters = "city: { type: string }, days: { type: integer, default: 3 }";
        Assert.Equal("""{"city":"广州 'x'","days":3}""", await _tools.RunAsync("command: cat\nstdin: json\noutput: json", Parameters, """{"city":"广州 'x'"}"""));
        Assert.Equal("广州 'x'", await _tools.RunAsync("command: cat\nargs: ['-']\nstdin: \"{city}\"", "city: { type: string }", """{"city":"广州 'x'"}"""));
        Assert.Equal("done (exit code 0, no output)", await _tools.RunAsync("command: cat"));
    }

    [FactIfProgram("env")]
    public async Task A_program_gets_the_listed_variables_and_nothing_else()
    {
        _tools.Variables["HOME"] = "/home/somebody";
        _tools.Variables["LANG"] = "C.UTF-8";
        _tools.Variables["API_KEY"] = "key-4711-secret";
        _tools.Variables["OTHER_SECRET"] = "other-4711";
        var output = await _tools.RunAsync("command: env\nenv: { TOKEN: \"${API_KEY}\", MODE: fast, N: 5, LANG: C }");
        Assert.Equal(
            ["HOME=/home/somebody", "LANG=C", "MODE=fast", "N=5", $"PATH={_tools.Variables["PATH"]}", "TOKEN=***"],
            output.Split('\n').Order(StringComparer.Ordinal));
    }

    [FactIfProgram("env")]
    public async Task A_function_of_a_shell_is_not_handed_on()
    {
        _tools.Variables["LANG"] = "() { :; }; echo taken over";
        Assert.Equal($"PATH={_tools.Variables["PATH"]}", await _tools.RunAsync("command: env"));
    }

    [FactIfProgram("sh")]
    public async Task Values_of_variables_are_masked_in_errors_and_at_the_cut()
    {
        _tools.Variables["API_KEY"] = "key-4711-secret";
        var failure = await _tools.FailAsync("command: sh\nargs: [-c, 'echo denied for $TOKEN >&2; exit 1']\nenv: { TOKEN: \"${API_KEY}\" }");
        Assert.Equal("run ended with exit code 1: denied for ***", failure);

        var cut = await _tools.RunAsync("command: sh\nargs: [-c, 'printf %01018d 0; echo $TOKEN; yes']\nenv: { TOKEN: \"${API_KEY}\" }\nmax_output_bytes: 1024");
        Assert.StartsWith($"{new string('0', 1_018)}***\ny\n\n... [truncated", cut, StringComparison.Ordinal);
    }

    [FactIfProgram("pwd")]
    public async Task It_runs_in_the_folder_of_the_tools_file_or_in_the_named_one()
    {
        Directory.CreateDirectory(Path.Combine(_tools.Folder, "sub"));
        Assert.EndsWith(_tools.Folder, await _tools.RunAsync("command: pwd"), StringComparison.Ordinal);
        Assert.EndsWith(Path.Combine(_tools.Folder, "sub"), await _tools.RunAsync("command: pwd\ncwd: sub"), StringComparison.Ordinal);
    }

    [FactIfProgram("yes")]
    public async Task A_flood_is_cut_and_the_program_stopped()
    {
        await using var registry = await _tools.BuildAsync("command: yes\nargs: ['{word}']\nmax_output_bytes: 4096", "word: { type: string }");
        var result = await registry.CallAsync("run", """{"word":"广"}""");
        Assert.Equal(string.Concat(Enumerable.Repeat("广\n", 1_024)) + "\n... [truncated: the program wrote more than 4096 bytes and was stopped]", result);
        Assert.Equal(
            "run wrote more than 65536 bytes and was stopped, so that its JSON is incomplete; ask for less",
            await _tools.FailAsync("command: yes\noutput: json"));
    }

    [FactIfProgram("sh")]
    public async Task A_program_that_ends_of_itself_keeps_its_exit_code_when_its_output_is_cut()
    {
        const string Options = "command: sh\nargs: [-c, 'printf %01030d 0; exit $1', sh, \"{code}\"]\nmax_output_bytes: 1024";
        const string Parameters = "code: { type: integer }";
        Assert.EndsWith("0\n... [truncated: the program wrote more than 1024 bytes]", await _tools.RunAsync(Options, Parameters, """{"code":0}"""), StringComparison.Ordinal);
        Assert.StartsWith("run ended with exit code 5: ", await _tools.FailAsync(Options, Parameters, """{"code":5}"""), StringComparison.Ordinal);
    }

    [FactIfProgram("sh", "head", "tr")]
    public async Task Full_pipes_on_all_three_streams_do_not_lock()
    {
        var text = new string('i', 1_000_000);
        var result = await _tools.RunAsync(
            "command: sh\nargs: [-c, 'head -c 3000000 /dev/zero | tr \"\\0\" e >&2; head -c 60000 /dev/zero | tr \"\\0\" o']\nstdin: \"{text}\"",
            "text: { type: string }",
            JsonSerializer.Serialize(new { text }),
            "timeout: 15s, max_result_bytes: 100000");
        Assert.Equal(new string('o', 60_000), result);

        var echoed = await _tools.RunAsync(
            "command: cat\nstdin: \"{text}\"\nmax_output_bytes: 2000000",
            "text: { type: string }",
            JsonSerializer.Serialize(new { text }),
            "timeout: 15s, max_result_bytes: 2000000");
        Assert.Equal(text, echoed);
    }

    [FactIfProgram("python3", "prlimit")]
    public async Task Memory_above_the_cap_is_refused_to_the_program()
    {
        var options = $"command: {ProcessToolFixture.Python}\nargs: [-I, -S, -c, 'import sys; x = bytearray(int(sys.argv[1]) << 20); print(len(x))', \"{{mb}}\"]\nmax_memory_mb: 256";
        Assert.Equal("16777216", await _tools.RunAsync(options, "mb: { type: integer }", """{"mb":16}"""));
        var message = await _tools.FailAsync(options, "mb: { type: integer }", """{"mb":1000}""");
        Assert.Contains("ended with exit code 1: ", message, StringComparison.Ordinal);
        Assert.Contains("MemoryError", message, StringComparison.Ordinal);
    }

    [FactIfProgram("true")]
    public async Task A_cap_that_cannot_be_enforced_is_a_problem_at_the_start()
    {
        _tools.Variables["PATH"] = _tools.Folder;
        _tools.WriteProgram("mine", "#!/bin/sh\n");
        var problem = Assert.Single(await _tools.ProblemsAsync("command: mine\nmax_memory_mb: 64"));
        Assert.Equal(
            "tools.yaml:3:11: tool \"run\" cannot start. \"max_memory_mb\" cannot be enforced here: it needs Linux and the program prlimit (util-linux); install it, or remove the option.",
            problem);
    }

    [FactIfProgram("sh")]
    public async Task A_program_that_the_machine_cannot_start_fails_in_words()
    {
        var file = _tools.WriteProgram("broken", "#!/no/such/interpreter\n");
        Assert.StartsWith("run ended with exit code 12", await _tools.FailAsync($"command: {file}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_are_switched_off_by_default()
    {
        Assert.Equal(
            ["tools.yaml:4:11: tool \"run\" would run a program of this machine, which is switched off. Set Agent:Tools:AllowProcesses to true, or start with --allow-processes, if every program of this file may run."],
            await _tools.ProblemsAsync("command: echo", allowed: false));
        Assert.False(new ToolRegistryBuilder().AllowProcesses);
    }
}
