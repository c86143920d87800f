using Agent.Tools.Registry;
using Agent.Tools.Tests.Mcp.Support;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Mcp;

public sealed class McpOptionsTests
{
    [Theory]
    [InlineData("prefix: x_", "the options name no server")]
    [InlineData("command: npx\nurl: https://example.com", "\"command\" and \"url\" stand side by side")]
    [InlineData("command: npx\nheaders: { A: b }", "\"headers\" stands beside \"command\"")]
    [InlineData("url: https://example.com\nenv: { A: b }", "\"env\" stands beside \"url\"")]
    [InlineData("url: http://example.com", "\"url\" is no https URL")]
    [InlineData("url: https://user:word@example.com", "\"url\" is no https URL")]
    [InlineData("url: https://example.com\nheaders: { Mcp-Session-Id: x }", "header \"Mcp-Session-Id\" cannot be set")]
    [InlineData("url: https://example.com\nauth: { bearer: written-here }", "\"bearer\" does not come from the environment")]
    [InlineData("command: npx\nargs: [[a]]", "an item of \"args\" is a list")]
    [InlineData("command: npx\nenv: { 'A=B': c }", "\"A=B\" of \"env\" is no name of a variable")]
    [InlineData("command: npx\nenv: { A: null }", "\"A\" of \"env\" is nothing in tool \"srv\". Write a text (\"\" for an empty one)")]
    [InlineData("command: npx\nenv: { A: '${NOT_SET}' }", "environment variable NOT_SET is not set")]
    [InlineData("command: npx\ntools: []", "\"tools\" is empty")]
    [InlineData("command: npx\nexclude: [a, a]", "an item of \"exclude\" is \"a\"")]
    [InlineData("command: npx\nprefix: 1x", "\"prefix\" is \"1x\"")]
    [InlineData("command: npx\npin: abc", "\"pin\" is \"abc\"")]
    [InlineData("command: npx\nstart_timeout: 1h", "\"start_timeout\" of options of tool \"srv\" is \"1h\"")]
    [InlineData("command: npx\nshell: true", "unknown key \"shell\"")]
    public async Task Wrong_options_are_named_before_anything_starts(string options, string expected)
    {
        var problems = await McpTools.Builder(options).ProblemsAsync();
        Assert.Contains(problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("env: { A: b }\nheaders: { A: b }", "the options name no server")]
    [InlineData("command: npx\nurl: https://example.com\nenv: { A: b }\nheaders: { A: b }", "\"command\" and \"url\" stand side by side")]
    public async Task No_key_is_said_to_stand_beside_a_server_that_is_not_decided(string options, string expected)
    {
        var problem = Assert.Single(await McpTools.Builder(options).ProblemsAsync());
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_refused_unless_the_host_allows_programs()
    {
        var problem = Assert.Single(await McpTools.Builder("command: npx", allowProcesses: false).ProblemsAsync());
        Assert.Contains("\"command\" would run a program of this machine, which is switched off", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_of_the_options_describes_every_key()
    {
        var properties = KindSchema.Load("mcp").GetProperty("properties").EnumerateObject().ToList();
        Assert.Equal(
            ["allow_private_network", "args", "auth", "command", "cwd", "env", "exclude", "headers", "pin", "prefix", "start_timeout", "tools", "trust_annotations", "url"],
            properties.Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.All(properties, property => Assert.NotEmpty(property.Value.GetProperty("description").GetString()!));
    }
}
