using Agent.Tools.Registry;
using Agent.Tools.Tests.Mcp.Support;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Mcp;

public sealed class McpProgramTests
{
    [McpFact]
    public async Task The_program_gets_its_arguments_as_they_are_and_only_the_variables_of_the_file()
    {
        var options = $"command: '{McpServers.Node}'\nargs: [stdio.mjs, good, standard, '$(id) \"x\" ; y']\ncwd: '{McpServers.Folder}'\nenv: {{ KEY: '${{TOKEN}}', PLAIN: 5 }}\n";
        await using var registry = await McpTools.StartAsync(options);
        var seen = await registry.SeenAsync();
        Assert.Equal("$(id) \"x\" ; y", seen.GetProperty("argv")[2].GetString());
        Assert.Equal(Path.TrimEndingDirectorySeparator(McpServers.Folder), seen.GetProperty("cwd").GetString());
        var environment = seen.GetProperty("env").EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString());
        Assert.Equal("5", environment["PLAIN"]);
        Assert.Equal("***", environment["KEY"]);
        Assert.Subset(
            new HashSet<string>(["KEY", "PLAIN", "AGENT_MCP_SERVER", "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"]),
            environment.Keys.ToHashSet());
    }

    [McpFact]
    public async Task A_secret_reaches_the_program_but_neither_results_nor_log()
    {
        var log = new CapturingLoggerFactory();
        await using var registry = await McpTools.StartAsync(McpTools.Program() + "env: { KEY: '${TOKEN}' }", log);
        Assert.Equal("say ***", await registry.CallAsync("echo", $$"""{"text":"say {{McpTools.Secret}}"}"""));
        Assert.DoesNotContain(log.Lines, line => line.Contains(McpTools.Secret, StringComparison.Ordinal));
    }

    [McpFact]
    public async Task A_server_that_ends_in_a_call_is_started_again_at_the_next()
    {
        var log = new CapturingLoggerFactory();
        await using var registry = await McpTools.StartAsync(McpTools.Program(), log);
        var first = (await registry.SeenAsync()).GetProperty("pid").GetInt32();
        var failure = await Assert.ThrowsAsync<TransientToolException>(() => registry.CallAsync("crash"));
        Assert.Equal("the server of crash ended during the call; whether the call took effect is not known", failure.Message);
        Assert.NotEqual(first, (await registry.SeenAsync()).GetProperty("pid").GetInt32());
        Assert.False(McpTools.IsRunning(first));
        Assert.Contains(log.Lines, line => line.StartsWith("Warning: MCP server srv is gone: it ended with exit code 7", StringComparison.Ordinal));
    }

    [McpFact]
    public async Task Calls_in_flight_fail_with_the_server()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program());
        var waiting = registry.CallAsync("wait");
        await McpTools.EventuallyAsync(() => registry.SeenAsync(), seen => seen.GetProperty("calls").GetInt32() >= 2);
        await Assert.ThrowsAsync<TransientToolException>(() => registry.CallAsync("crash"));
        await Assert.ThrowsAsync<TransientToolException>(() => waiting);
    }

    [McpFact]
    public async Task A_server_that_keeps_ending_is_left_alone_for_a_while()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program());
        for (var i = 0; i < 6; i++)
        {
            await Assert.ThrowsAsync<TransientToolException>(() => registry.CallAsync("crash"));
            if (i < 5)
            {
                // A call that succeeds makes the next restart immediate; the count within a minute goes on.
                await registry.SeenAsync();
            }
        }

        var message = await registry.FailAsync("echo", """{"text":"a"}""");
        Assert.Contains("the server of echo is not available: it ended 5 times within a minute, and is tried again in", message, StringComparison.Ordinal);
    }

    [McpFact]
    public async Task A_server_that_never_answers_is_given_up_and_ended()
    {
        var before = Children();
        var problem = Assert.Single(await McpTools.Builder(McpTools.Program("silent") + "start_timeout: 1s").ProblemsAsync());
        Assert.Contains("the server did not start: it did not answer within 1 s", problem, StringComparison.Ordinal);
        Assert.Contains("\"start_timeout\" gives it more time", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(Children().Except(before), McpTools.IsRunning);

        static HashSet<int> Children() => [.. System.Diagnostics.Process.GetProcesses().Where(IsSilent).Select(process => process.Id)];

        static bool IsSilent(System.Diagnostics.Process process)
        {
            try
            {
                return File.ReadAllText($"/proc/{process.Id}/cmdline").Contains("stdio.mjs\0silent", StringComparison.Ordinal);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    [McpFact]
    public async Task A_server_that_writes_only_prose_is_quoted()
    {
        var problem = Assert.Single(await McpTools.Builder(McpTools.Program("prose") + "start_timeout: 1s").ProblemsAsync());
        Assert.Contains("it did not answer within 1 s in tool \"srv\". \"start_timeout\" gives it more time; it ", problem, StringComparison.Ordinal);
        Assert.EndsWith("its last words: It speaks no protocol.", problem, StringComparison.Ordinal);
    }

    [McpFact]
    public async Task Garbage_on_standard_output_is_left_out()
    {
        var log = new CapturingLoggerFactory();
        await using var registry = await McpTools.StartAsync(McpTools.Program("garbage"), log);
        Assert.Equal("hi", await registry.CallAsync("echo", """{"text":"hi"}"""));
        Assert.Contains(log.Lines, line => line.StartsWith("Debug: MCP server srv wrote on standard output what is no message: Welcome!", StringComparison.Ordinal));
    }

    [McpFact]
    public async Task A_message_without_end_ends_the_start()
    {
        var problem = Assert.Single(await McpTools.Builder(McpTools.Program("endless-line")).ProblemsAsync());
        Assert.Contains("a message is longer than 8388608 bytes", problem, StringComparison.Ordinal);
    }

    [McpFact]
    public async Task A_flood_on_standard_error_neither_blocks_the_server_nor_fills_or_forges_the_log()
    {
        var log = new CapturingLoggerFactory();
        await using var registry = await McpTools.StartAsync(McpTools.Program("flood"), log);
        Assert.Equal("hi", await registry.CallAsync("echo", """{"text":"hi"}"""));
        var lines = log.Lines.Where(line => line.StartsWith("Debug: MCP server srv: ", StringComparison.Ordinal)).ToList();
        Assert.InRange(lines.Count, 1, 200);
        Assert.All(lines, line => Assert.DoesNotContain(line, char.IsControl));
        Assert.Contains(log.Lines, line => line.Contains("wrote 200 lines within a minute", StringComparison.Ordinal));
    }

    [McpFact]
    public async Task A_server_that_ends_at_once_is_quoted_with_its_last_words()
    {
        var problem = Assert.Single(await McpTools.Builder(McpTools.Program("dead")).ProblemsAsync());
        Assert.Contains("the server did not start: it ended before it answered in tool \"srv\". It ended with exit code 3; its last words: no licence key\\u001b[31m found", problem, StringComparison.Ordinal);
    }

    [McpFact]
    public async Task A_program_that_does_not_exist_is_a_problem()
    {
        Assert.Contains("its program was not found", Assert.Single(await McpTools.Builder("command: no-such-program-here").ProblemsAsync()), StringComparison.Ordinal);
        Assert.Contains("the folder that it should run in does not exist", Assert.Single(await McpTools.Builder($"command: '{McpServers.Node}'\ncwd: no/such/folder").ProblemsAsync()), StringComparison.Ordinal);
    }

    [McpFact]
    public async Task Disposal_ends_the_program_and_what_it_started()
    {
        var registry = await McpTools.StartAsync(McpTools.Program());
        var server = (await registry.SeenAsync()).GetProperty("pid").GetInt32();
        var orphan = int.Parse(await registry.CallAsync("spawn"));
        Assert.True(McpTools.IsRunning(server));
        Assert.True(McpTools.IsRunning(orphan));
        await registry.DisposeAsync();
        await McpTools.EventuallyAsync(() => !McpTools.IsRunning(server) && (!OperatingSystem.IsLinux() || !McpTools.IsRunning(orphan)));
    }

    [McpFact]
    public async Task A_program_that_does_not_end_with_its_input_is_ended()
    {
        var registry = await McpTools.StartAsync(McpTools.Program("stubborn"));
        var server = (await registry.SeenAsync()).GetProperty("pid").GetInt32();
        await registry.DisposeAsync();
        await McpTools.EventuallyAsync(() => !McpTools.IsRunning(server));
    }

    [McpFact]
    public async Task A_call_after_disposal_fails_and_starts_nothing()
    {
        var registry = await McpTools.StartAsync(McpTools.Program());
        await registry.DisposeAsync();
        Assert.Equal("the server of seen is being shut down", await registry.FailAsync("seen"));
    }
}
