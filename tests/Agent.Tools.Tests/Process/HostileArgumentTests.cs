using System.Text;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Process;

/// <summary>Whatever a value is, it arrives as one argument of the program, byte for byte.</summary>
[Collection("process")]
public sealed class HostileArgumentTests : IDisposable
{
    private const string Echo = "import json, os, sys; print(json.dumps([os.fsencode(a).hex() for a in sys.argv[1:]]))";

    private readonly ProcessToolFixture _tools = new();

    public void Dispose() => _tools.Dispose();

    private static string Options(string args) => $"command: {ProcessToolFixture.Python}\nargs: [-I, -S, -c, \"{Echo}\", {args}]\noutput: json\nmax_output_bytes: 1000000";

    [FactIfProgram("python3")]
    public async Task Each_value_is_one_argument_alone_and_behind_a_prefix()
    {
        Assert.True(HostileArguments.Plain.Distinct().Count() >= 200, $"{HostileArguments.Plain.Distinct().Count()}");
        await using var registry = await _tools.BuildAsync(Options("first, \"{value}\", \"--value={value}\", last"), "value: { type: string }", "timeout: 15s, max_result_bytes: 4194304");
        await Parallel.ForEachAsync(
            HostileArguments.Plain,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (value, cancellationToken) => Assert.Equal(["first", value, $"--value={value}", "last"], Decode(await registry.CallAsync("run", JsonSerializer.Serialize(new { value }), cancellationToken))));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_tools.Folder));
    }

    [FactIfProgram("python3")]
    public async Task A_list_becomes_one_argument_for_each_item()
    {
        await using var registry = await _tools.BuildAsync(Options("\"{values}\""), "values: { type: array, items: { type: string } }", "timeout: 15s, max_result_bytes: 4194304");
        var result = await registry.CallAsync("run", JsonSerializer.Serialize(new { values = HostileArguments.Plain }));
        Assert.Equal(HostileArguments.Plain, Decode(result));
    }

    [FactIfProgram("python3")]
    public async Task A_value_that_looks_like_an_option_is_refused_where_it_could_be_one()
    {
        const string Parameters = "value: { type: string }, values: { type: array, items: { type: string } }";
        await using var refusing = await _tools.BuildAsync(Options("\"{value}\", \"{values}\""), Parameters);
        await using var prefixed = await _tools.BuildAsync(Options("\"--value={value}\", \"--values={values}\""), Parameters);
        await using var ended = await _tools.BuildAsync(Options("--, \"{value}\", \"{values}\""), Parameters);
        await using var allowing = await _tools.BuildAsync(Options("\"{value}\", \"{values}\"") + "\nallow_leading_dash: true", Parameters);
        foreach (var value in HostileArguments.Options)
        {
            var one = JsonSerializer.Serialize(new { value });
            var list = JsonSerializer.Serialize(new { values = new[] { "a", value } });
            Assert.Equal("The argument value begins with \"-\", which the program would take for an option. Pass a value that begins with something else.", await refusing.FailAsync("run", one));
            Assert.StartsWith("The argument values begins with \"-\"", await refusing.FailAsync("run", list), StringComparison.Ordinal);
            Assert.Equal([$"--value={value}"], Decode(await prefixed.CallAsync("run", one)));
            Assert.Equal(["--", value], Decode(await ended.CallAsync("run", one)));
            Assert.Equal(["a", value], Decode(await allowing.CallAsync("run", list)));
        }
    }

    [FactIfProgram("python3")]
    public async Task Numbers_truth_values_and_objects_arrive_as_their_json()
    {
        await using var registry = await _tools.BuildAsync(Options("\"{a}\", \"{b}\", \"{c}\", \"--d={d}\""), "a: {}, b: {}, c: {}, d: {}");
        Assert.Equal(["1.50", "true", "{\"x\":\"广\"}", "--d=[1,2]"], Decode(await registry.CallAsync("run", """{"a":1.50,"b":true,"c":{ "x": "广" },"d":[1,2]}""")));
    }

    [FactIfProgram("python3")]
    public async Task What_no_program_can_take_is_refused_in_words()
    {
        await using var registry = await _tools.BuildAsync(Options("\"{value}\""), "value: {}");
        Assert.Equal("The argument value holds a NUL character, which a program cannot take. Leave it out.", await registry.FailAsync("run", """{"value":"a\u0000b"}"""));
        Assert.StartsWith("The argument value holds a NUL", await registry.FailAsync("run", """{"value":["a","\u0000"]}"""), StringComparison.Ordinal);
        Assert.Equal("the arguments of run are longer than a program may take; pass less", await registry.FailAsync("run", JsonSerializer.Serialize(new { value = new string('x', 3_000_000) })));
        var halfCharacter = await Assert.ThrowsAnyAsync<ToolException>(() => registry.CallAsync("run", """{"value":"\ud800"}"""));
        Assert.NotEmpty(halfCharacter.Message);
    }

    [FactIfProgram("python3")]
    public async Task An_absent_argument_takes_its_item_or_its_group_with_it()
    {
        await using var registry = await _tools.BuildAsync(
            Options("a, \"{x}\", \"--y={y}\", [-n, \"{x}\", \"{z}\"], [-m, \"{z}\"], b"), "x: { type: string }, y: { type: string }, z: { type: string, default: deep }");
        Assert.Equal(["a", "-m", "deep", "b"], Decode(await registry.CallAsync("run")));
        Assert.Equal(["a", "1", "--y=2", "-n", "1", "3", "-m", "3", "b"], Decode(await registry.CallAsync("run", """{"x":"1","y":"2","z":"3"}""")));
        Assert.Equal(["a", "", "-n", "", "deep", "-m", "deep", "b"], Decode(await registry.CallAsync("run", """{"x":""}""")));
    }

    private static string[] Decode(string json) => [.. JsonSerializer.Deserialize<string[]>(json)!.Select(hex => Encoding.UTF8.GetString(Convert.FromHexString(hex)))];
}
