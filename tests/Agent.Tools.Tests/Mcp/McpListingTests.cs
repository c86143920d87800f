using Agent.Tools.Tests.Mcp.Support;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Mcp;

public sealed class McpListingTests
{
    [McpFact]
    public async Task All_pages_of_the_list_become_tools_in_the_order_of_the_server()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program());
        Assert.Equal(
            ["echo", "math_add", "fail", "refuse", "crash", "wait", "meet", "media", "change", "ask", "spawn", "seen"],
            registry.Tools.Select(tool => tool.Name));
        Assert.Equal("Gives a text back", registry.Tools[0].Description);
        Assert.Equal("What to give back", registry.Tools[0].JsonSchema.GetProperty("properties").GetProperty("text").GetProperty("description").GetString());
    }

    [McpFact]
    public async Task Only_the_listed_tools_are_taken_with_their_prefix()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program() + "tools: [echo, math.add, fail]\nexclude: [fail]\nprefix: my_");
        Assert.Equal(["my_echo", "my_math_add"], registry.Tools.Select(tool => tool.Name));
        Assert.Equal("hi", await registry.CallAsync("my_echo", """{"text":"hi"}"""));
    }

    [McpFact]
    public async Task A_name_that_the_server_does_not_have_is_a_problem_at_its_place()
    {
        var problems = await McpTools.Builder(McpTools.Program() + "tools: [ehco]\nexclude: [nothing_like_it]").ProblemsAsync();
        Assert.Contains(problems, problem => problem.Contains("tools.yaml:10:15: the server has no tool \"ehco\"", StringComparison.Ordinal) && problem.Contains("Did you mean \"echo\"?", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("the server has no tool \"nothing_like_it\"", StringComparison.Ordinal));
    }

    [McpFact]
    public async Task Without_a_pin_nothing_starts_and_the_problem_gives_the_line_to_add()
    {
        var log = new CapturingLoggerFactory();
        var problems = await McpTools.Builder(McpTools.Program() + "tools: [echo, math.add]", log).ProblemsAsync();
        var problem = Assert.Single(problems);
        Assert.Matches("tools\\.yaml:7:16: the tools are not reviewed: echo \\([0-9a-f]{12}\\), math\\.add \\([0-9a-f]{12}\\) in tool \"srv\"\\. .*add the line   pin: [0-9a-f]{64}\\.$", problem);
        Assert.Contains(log.Lines, line => line.StartsWith("Information: MCP server srv offers echo", StringComparison.Ordinal) && line.Contains("Gives a text back", StringComparison.Ordinal));
    }

    [McpFact]
    public async Task A_wrong_pin_stops_the_start_and_the_problem_gives_hashes_and_the_new_line()
    {
        var options = McpTools.Program() + "tools: [echo, fail]\n";
        var right = await McpTools.PinAsync(options);
        var problem = Assert.Single(await McpTools.Builder(options + $"pin: {new string('0', 64)}").ProblemsAsync());
        Assert.Contains("tools.yaml:11:12: the tools are not the pinned ones: echo (", problem, StringComparison.Ordinal);
        Assert.EndsWith($"pin: {right}.", problem, StringComparison.Ordinal);
    }

    [McpFact]
    public async Task The_pin_covers_the_chosen_tools_and_does_not_depend_on_the_order_of_the_file()
    {
        var some = await McpTools.PinAsync(McpTools.Program() + "tools: [echo, fail]");
        Assert.Equal(some, await McpTools.PinAsync(McpTools.Program() + "tools: [fail, echo]\nprefix: x_"));
        Assert.NotEqual(some, await McpTools.PinAsync(McpTools.Program() + "tools: [echo]"));
    }

    [McpFact]
    public async Task A_schema_that_cannot_be_enforced_names_tool_and_keyword_and_how_to_leave_it_out()
    {
        var problem = Assert.Single(await McpTools.Builder(McpTools.Program(variant: "unenforceable")).ProblemsAsync());
        Assert.Contains("\"odd\" cannot be enforced at \"/properties/a/unevaluatedProperties\"", problem, StringComparison.Ordinal);
        Assert.EndsWith("Leave it out: exclude: [\"odd\"].", problem, StringComparison.Ordinal);
        await using var registry = await McpTools.StartAsync(McpTools.Program(variant: "unenforceable") + "exclude: [odd]");
        Assert.Equal("echo", Assert.Single(registry.Tools).Name);
    }

    [McpFact]
    public async Task Two_names_that_become_one_are_a_problem()
    {
        var problem = Assert.Single(await McpTools.Builder(McpTools.Program(variant: "colliding")).ProblemsAsync());
        Assert.Contains("\"files/read\" and \"files.read\" would both be the tool \"files_read\"", problem, StringComparison.Ordinal);
    }

    [McpFact]
    public async Task A_name_that_the_server_lists_twice_is_a_problem()
    {
        var problems = await McpTools.Builder(McpTools.Program(variant: "twice")).ProblemsAsync();
        Assert.Contains(problems, problem => problem.Contains("the server lists the tool \"echo\" twice", StringComparison.Ordinal));
    }

    [McpFact]
    public async Task Hidden_characters_are_taken_out_of_descriptions_and_the_log_says_so()
    {
        var log = new CapturingLoggerFactory();
        await using var registry = await McpTools.StartAsync(McpTools.Program(variant: "hidden"), log);
        var tool = Assert.Single(registry.Tools);
        Assert.Equal("Gives a text back", tool.Description);
        Assert.Equal("What ever", tool.JsonSchema.GetProperty("properties").GetProperty("text").GetProperty("description").GetString());
        Assert.Contains(log.Lines, line => line.Contains("tool echo: 4 hidden characters were taken out of the description", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains("tool echo: 1 hidden characters were taken out of the schema", StringComparison.Ordinal));
    }

    [McpFact]
    public async Task Hidden_characters_in_what_arguments_are_compared_with_are_a_problem()
    {
        var problem = Assert.Single(await McpTools.Builder(McpTools.Program(variant: "hiddenname")).ProblemsAsync());
        Assert.Contains("the schema of the server's tool \"odd\" holds the hidden character U+200B at \"/properties/text\"", problem, StringComparison.Ordinal);
        Assert.EndsWith("Leave it out: exclude: [\"odd\"].", problem, StringComparison.Ordinal);
        await using var registry = await McpTools.StartAsync(McpTools.Program(variant: "hiddenname") + "exclude: [odd]");
        Assert.Equal("echo", Assert.Single(registry.Tools).Name);
    }

    [McpFact]
    public async Task A_long_description_is_cut_and_the_log_says_so()
    {
        var log = new CapturingLoggerFactory();
        await using var registry = await McpTools.StartAsync(McpTools.Program(variant: "long"), log);
        Assert.Equal(4_096, Assert.Single(registry.Tools).Description.Length);
        Assert.Contains(log.Lines, line => line.Contains("was cut to 4096", StringComparison.Ordinal));
    }

    [McpFact]
    public async Task Tools_that_take_more_room_than_a_prompt_has_are_a_problem()
    {
        var problem = Assert.Single(await McpTools.Builder(McpTools.Program(variant: "huge")).ProblemsAsync());
        Assert.Contains("bytes, more than 65536", problem, StringComparison.Ordinal);
    }

    [McpFact]
    public async Task A_list_without_end_is_given_up()
    {
        var problem = Assert.Single(await McpTools.Builder(McpTools.Program("endless-list")).ProblemsAsync());
        Assert.Contains("its list of tools goes on after 100 pages", problem, StringComparison.Ordinal);
    }

    [McpFact]
    public async Task A_server_without_tools_is_a_problem()
    {
        Assert.Contains("the server has no tools", Assert.Single(await McpTools.Builder(McpTools.Program(variant: "none")).ProblemsAsync()), StringComparison.Ordinal);
    }

    [McpFact]
    public async Task A_tool_without_a_description_gets_one_that_names_it()
    {
        await using var registry = await McpTools.StartAsync(McpTools.Program(variant: "bare"));
        Assert.Equal("The tool bare of srv", Assert.Single(registry.Tools).Description);
    }

    [McpFact]
    public async Task What_a_server_says_of_its_effects_is_believed_only_where_the_file_says_so()
    {
        await using var careful = await McpTools.StartAsync(McpTools.Program() + "tools: [echo, math.add, fail]");
        Assert.All(careful.Tools, tool => Assert.False(tool.IsIdempotent));
        await using var trusting = await McpTools.StartAsync(McpTools.Program() + "tools: [echo, math.add, fail]\ntrust_annotations: true");
        Assert.Equal([true, true, false], trusting.Tools.Select(tool => tool.IsIdempotent));
    }
}
