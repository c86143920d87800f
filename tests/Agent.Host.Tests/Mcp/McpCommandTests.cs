using Agent.Host.Tests.Support;
using ModelContextProtocol.Protocol;

namespace Agent.Host.Tests.Mcp;

/// <summary><c>agent mcp</c> in this process, with the C# client at its other end.</summary>
[Collection("program")]
public sealed class McpCommandTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public McpCommandTests(WeatherServer server) => _workspace.Write("tools.yaml", server.ToolsFile);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task The_tools_of_the_file_are_served_until_the_client_leaves()
    {
        var (connection, console, exitCode) = await McpConnection.StartProgramAsync(_workspace);
        await using (connection)
        {
            var tool = Assert.Single(await connection.Client.ListToolsAsync(cancellationToken: connection.TooLong));
            Assert.Equal("get_current_weather", tool.Name);
            Assert.Equal("agent", connection.Client.ServerInfo!.Name);

            var right = await connection.Client.CallToolAsync(tool.Name, new Dictionary<string, object?>(StringComparer.Ordinal) { ["city"] = "广州" }, cancellationToken: connection.TooLong);
            var wrong = await connection.Client.CallToolAsync(tool.Name, new Dictionary<string, object?>(StringComparer.Ordinal) { ["city"] = 7 }, cancellationToken: connection.TooLong);

            Assert.Equal(31, right.StructuredContent!.Value.GetProperty("temperature").GetInt32());
            Assert.True(wrong.IsError);
            Assert.StartsWith("Invalid arguments for get_current_weather", Assert.IsType<TextContentBlock>(wrong.Content[0]).Text, StringComparison.Ordinal);
            await connection.CloseInputAsync();
            Assert.Equal(ExitCodes.Success, await exitCode.WaitAsync(connection.TooLong));
        }

        Assert.Equal("", console.Output);
        Assert.Equal("", console.Errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_signal_ends_it_with_the_input_still_open(bool terminate)
    {
        var (connection, console, exitCode) = await McpConnection.StartProgramAsync(_workspace);
        await using (connection)
        {
            if (terminate)
            {
                console.Terminate();
            }
            else
            {
                Assert.True(console.Interrupt());
            }

            Assert.Equal(ExitCodes.Cancelled, await exitCode.WaitAsync(connection.TooLong));
        }

        Assert.Equal("", console.Output);
    }

    [Fact]
    public async Task Logs_go_to_standard_error()
    {
        var (connection, console, exitCode) = await McpConnection.StartProgramAsync(_workspace, "--verbose");
        await using (connection)
        {
            await connection.CloseInputAsync();
            Assert.Equal(ExitCodes.Success, await exitCode.WaitAsync(connection.TooLong));
        }

        Assert.Equal("", console.Output);
        Assert.Contains("info McpRegistryServer: Serving 1 tools as agent\n", console.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_at_a_terminal_is_told_what_it_waits_for()
    {
        var console = new FakeConsole { IsInputRedirected = false };

        Assert.Equal(ExitCodes.Success, await _workspace.RunAsync(console, "mcp"));

        Assert.StartsWith("Waiting for messages of an MCP client", console.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'mcp' takes no --json", "--json")]
    [InlineData("the file does not exist", "--tools", "absent.yaml")]
    public async Task What_is_wrong_at_the_start_goes_to_standard_error(string message, params string[] options)
    {
        using var output = new MemoryStream();
        var console = new FakeConsole { OutputBytes = output };

        var code = await _workspace.RunAsync(console, ["mcp", .. options]);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(message, console.Errors, StringComparison.Ordinal);
        Assert.Equal("", console.Output);
        Assert.Equal(0, output.Length);
    }
}
