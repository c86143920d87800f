using System.ComponentModel;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Function;

public sealed class FunctionKindTests : IDisposable
{
    private readonly ManualResetEventSlim _release = new();

    public void Dispose() => _release.Set();

    private ToolRegistryBuilder Builder(string entry, TimeProvider? time = null) => new ToolRegistryBuilder { TimeProvider = time ?? TimeProvider.System }
        .Register("add", [Description("Add two numbers")] (int a, int b) => a + b)
        .Register("block", [Description("Never ends")] () => _release.Wait())
        .AddText($"version: 1\ntools:\n  - {entry}", "tools.yaml");

    [Fact]
    public async Task The_functions_own_description_and_schema_are_taken()
    {
        await using var registry = await Builder("{ name: sum, kind: function, options: { function: add } }").BuildAsync();
        var tool = registry.Tools[0];
        Assert.Equal(("sum", "Add two numbers"), (tool.Name, tool.Description));
        Assert.True(tool.JsonSchema.GetProperty("properties").TryGetProperty("a", out _));
        Assert.False(tool.IsIdempotent);
        Assert.Equal("7", await registry.CallAsync("sum", """{"a":3,"b":4}"""));
    }

    [Fact]
    public async Task Those_of_the_file_win()
    {
        await using var registry = await Builder("{ name: sum, description: 求和, kind: function, idempotent: true, options: { function: add }, parameters: { type: object, properties: { a: { type: integer }, b: { type: integer } }, required: [a, b] } }").BuildAsync();
        var tool = registry.Tools[0];
        Assert.Equal("求和", tool.Description);
        Assert.Equal("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a","b"]}""", tool.JsonSchema.GetRawText());
        Assert.True(tool.IsIdempotent);
        Assert.Contains("b", await registry.FailAsync("sum", """{"a":3}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_function_is_told_with_those_that_are_registered()
    {
        Assert.Equal(
            ["tools.yaml:3:55: function \"subtract\" of tool \"sum\" is not registered in C#. Registered functions: add, block."],
            await Builder("{ name: sum, kind: function, options: { function: subtract } }").ProblemsAsync());
        Assert.Equal(
            ["tools.yaml:3:55: function \"blok\" of tool \"sum\" is not registered in C#. Did you mean \"block\"?"],
            await Builder("{ name: sum, kind: function, options: { function: blok } }").ProblemsAsync());
    }

    [Fact]
    public async Task A_method_that_blocks_its_thread_times_out()
    {
        var time = new ManualTimeProvider();
        await using var registry = await Builder("{ name: stuck, kind: function, options: { function: block }, limits: { timeout: 2s } }", time).BuildAsync();
        var call = registry.FailAsync("stuck");
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("stuck timed out after 2 s", await call);
    }
}
