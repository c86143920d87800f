using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Schemas;
using Agent.Tools.Process;
using Agent.Tools.Registry;
using Agent.Tools.Templates;

namespace Agent.Tools.Tests.Process;

public sealed class ProcessOptionsTests : IDisposable
{
    private readonly ProcessToolFixture _tools = new();

    public void Dispose() => _tools.Dispose();

    [Theory]
    [InlineData("args: [a]", "options of tool \"run\" has no \"command\". Add \"command: ...\".")]
    [InlineData("command: bin/x", "\"command\" is \"bin/x\", which is neither an absolute path nor a name in tool \"run\". Write the absolute path, or only the name of a program in PATH.")]
    [InlineData("command: x\nargs: [\"{nme}\"]", "placeholder {nme} names no parameter in tool \"run\". Did you mean \"name\"?")]
    [InlineData("command: x\nargs: [{name}]", "an item of \"args\" is a mapping in tool \"run\". Write a text, or a list of texts; quote a text that begins with \"{\".")]
    [InlineData("command: x\nargs: [[[a]]]", "an item of \"args\" is a list in tool \"run\". Write a text, or a list of texts; quote a text that begins with \"{\".")]
    [InlineData("command: x\nargs: [\"a\\0\"]", "an item of \"args\" holds a NUL character in tool \"run\". Remove it; no program can take it.")]
    [InlineData("command: x", "parameter \"name\" is not used in tool \"run\". Put {name} into args or stdin, or remove the parameter.")]
    [InlineData("command: x\nstdin: yaml", "\"stdin\" is \"yaml\" in tool \"run\". Write json for all arguments, or \"{name}\" in quotes for one of them.")]
    [InlineData("command: x\nstdin: \"{name}{name}\"", "\"stdin\" is \"{name}{name}\" in tool \"run\". Write json for all arguments, or \"{name}\" in quotes for one of them.")]
    [InlineData("command: x\nstdin: json\nenv: { \"A-B\": x }", "\"A-B\" of \"env\" is no name of a variable in tool \"run\". Use letters, digits and _, not beginning with a digit.")]
    [InlineData("command: x\nstdin: json\nenv: { A: [x] }", "\"A\" of \"env\" is a list in tool \"run\". Write a text (\"\" for an empty one), or ${NAME} for a variable of the environment.")]
    [InlineData("command: x\nstdin: json\nenv: { A: null }", "\"A\" of \"env\" is nothing in tool \"run\". Write a text (\"\" for an empty one), or ${NAME} for a variable of the environment.")]
    [InlineData("command: x\nstdin: json\nenv: { A: }", "\"A\" of \"env\" is nothing in tool \"run\". Write a text (\"\" for an empty one), or ${NAME} for a variable of the environment.")]
    [InlineData("command: x\nstdin: json\nenv: { A: \"${NO_SUCH}\" }", "environment variable NO_SUCH is not set. Set NO_SUCH before starting, or remove ${NO_SUCH}.")]
    [InlineData("command: x\nstdin: json\nselect: /a", "\"select\" stands beside output text in tool \"run\". Add \"output: json\", or remove \"select\".")]
    [InlineData("command: x\nstdin: json\noutput: json\nselect: a", "\"select\" is \"a\", which is no JSON pointer in tool \"run\". Write it like /data/items/0 (RFC 6901).")]
    [InlineData("command: x\nstdin: json\nexit_codes: []", "\"exit_codes\" is empty, so that no run would succeed in tool \"run\". Write [0], or remove it.")]
    [InlineData("command: x\nstdin: json\nexit_codes: [zero]", "an item of \"exit_codes\" is \"zero\" in tool \"run\". Write whole numbers, for example [0, 1].")]
    [InlineData("command: x\nstdin: json\nmax_output_bytes: 10", "\"max_output_bytes\" of options of tool \"run\" is \"10\". It must be a whole number from 1024 to 4194304.")]
    [InlineData("command: no-such-program-4711\nstdin: json", "tool \"run\" cannot start. There is no program \"no-such-program-4711\" in PATH; install it, or give \"command\" an absolute path.")]
    [InlineData("command: /no/such/program\nstdin: json\ncwd: /no/folder", "tool \"run\" cannot start. There is no program \"/no/such/program\" that this process may run; check \"command\" and the file's permissions. There is no folder \"/no/folder\"; check \"cwd\".")]
    [InlineData("command: bash\nargs: [-c, \"echo {name}\"]", "placeholder {name} stands in code that \"bash\" would run in tool \"run\". Pass the value as a further item, and let the code read it from its arguments, as in [-c, 'echo \"$1\"', sh, \"{name}\"].")]
    [InlineData("command: /usr/bin/python3\nargs: [-I, -c, \"print({name})\"]", "placeholder {name} stands in code that \"/usr/bin/python3\" would run in tool \"run\". Pass the value as a further item, and let the code read it from its arguments, as in [-c, 'echo \"$1\"', sh, \"{name}\"].")]
    public async Task A_mistake_is_told_with_its_fix(string options, string expected)
    {
        var problem = Assert.Single(await _tools.ProblemsAsync(options, "name: { type: string }"));
        Assert.EndsWith(expected, problem, StringComparison.Ordinal);
        Assert.StartsWith("tools.yaml:", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("command: env\nargs: [nice, sh, -c, \"echo {name}\"]")]
    [InlineData("command: node\nargs: [--eval, \"{name}\"]")]
    [InlineData("command: cmd.exe\nargs: [/d, \"{name}\"]")]
    [InlineData("command: /opt/CMD.exe\nargs: [\"x{name}\"]")]
    [InlineData("command: bash\nargs: [-euc, \"echo {name}\"]")]
    [InlineData("command: sh\nargs: [-cex, \"echo {name}\"]")]
    [InlineData("command: bash\nargs: [-c, -e, \"echo {name}\"]")]
    [InlineData("command: bash\nargs: [-euo, pipefail, -c, \"echo {name}\"]")]
    [InlineData("command: bash\nargs: [-ceuo, pipefail, \"echo {name}\"]")]
    [InlineData("command: bash\nargs: [--rcfile, x, +x, -c, --, \"echo {name}\"]")]
    [InlineData("command: fish\nargs: [\"--command=echo {name}\"]")]
    [InlineData("command: busybox\nargs: [sh, -ec, \"echo {name}\"]")]
    [InlineData("command: perl\nargs: [-le, \"print {name}\"]")]
    [InlineData("command: perl5.36\nargs: [-I, lib, -nE, \"print {name}\"]")]
    [InlineData("command: perl\nargs: [\"-leprint {name}\"]")]
    [InlineData("command: ruby\nargs: [-rjson, -ne, \"puts {name}\"]")]
    [InlineData("command: ruby\nargs: [-C, folder, -ne, \"puts {name}\"]")]
    [InlineData("command: python3\nargs: [-Ic, \"print({name})\"]")]
    [InlineData("command: python3.12\nargs: [-W, ignore, -c, \"print({name})\"]")]
    [InlineData("command: python\nargs: [\"-cprint({name})\"]")]
    [InlineData("command: node\nargs: [-pe, \"{name}\"]")]
    [InlineData("command: node\nargs: [-r, x, -p, \"{name}\"]")]
    [InlineData("command: node\nargs: [\"--eval=f({name})\"]")]
    [InlineData("command: php\nargs: [\"-rf({name});\"]")]
    [InlineData("command: pwsh\nargs: [-NoProfile, -Com, \"Get-Item {name}\"]")]
    [InlineData("command: pwsh\nargs: [-enco, \"{name}\"]")]
    [InlineData("command: pwsh\nargs: [/c, \"Get-Item {name}\"]")]
    [InlineData("command: pwsh\nargs: [-Command, Get-Item, \"{name}\"]")]
    [InlineData("command: powershell.exe\nargs: [-NoProfile, \"Get-Item {name}\"]")]
    public async Task A_value_that_would_be_code_is_refused(string options) =>
        Assert.Contains(await _tools.ProblemsAsync(options, "name: { type: string }"), problem => problem.Contains("placeholder {name} stands in code", StringComparison.Ordinal));

    [Theory]
    [InlineData("command: bash\nargs: [-euc, 'echo \"$1\"', sh, \"{name}\"]")]
    [InlineData("command: bash\nargs: [-euo, pipefail, -c, 'echo \"$1\"', sh, \"{name}\"]")]
    [InlineData("command: bash\nargs: [-eu, script.sh, \"{name}\"]")]
    [InlineData("command: bash\nargs: [script.sh, -vc, \"{name}\"]")]
    [InlineData("command: sh\nargs: [\"{name}\"]")]
    [InlineData("command: perl\nargs: [-ne, 'print if /x/', \"{name}\"]")]
    [InlineData("command: perl\nargs: [tool.pl, -size, \"{name}\"]")]
    [InlineData("command: python3\nargs: [-m, tool, \"--code={name}\"]")]
    [InlineData("command: python3\nargs: [-I, tool.py, -fc, \"{name}\"]")]
    [InlineData("command: node\nargs: [tool.js, \"--eval={name}\"]")]
    [InlineData("command: ruby\nargs: [-E, UTF-8, tool.rb, \"{name}\"]")]
    [InlineData("command: pwsh\nargs: [-NoProfile, -ExecutionPolicy, Bypass, -File, tool.ps1, \"{name}\"]")]
    [InlineData("command: git\nargs: [-c, core.pager=cat, log, \"{name}\"]")]
    public async Task A_value_that_is_an_argument_of_the_program_is_allowed(string options)
    {
        var problems = await _tools.ProblemsAsync(options + "\nzzzzzzzz: 1", "name: { type: string }");

        Assert.Contains(problems, problem => problem.Contains("unknown key \"zzzzzzzz\"", StringComparison.Ordinal));
        Assert.DoesNotContain(problems, problem => problem.Contains("stands in code", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_schema_for_editors_has_the_keys_that_are_read()
    {
        var schema = KindSchema.Load("process");
        var problem = Assert.Single(await _tools.ProblemsAsync("command: x\nstdin: json\nzzzzzzzz: 1"));
        var known = problem[(problem.IndexOf("Known keys: ", StringComparison.Ordinal) + 12)..].TrimEnd('.').Split(", ");
        Assert.Equal(known.Order(StringComparer.Ordinal), schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"command":"git","args":["log","-n","{count}",["--author","{author}"]],"stdin":"{text}","env":{"A":"x","N":5},"output":"json","select":"/a/0","exit_codes":[0,1],"max_memory_mb":64}""", true)]
    [InlineData("""{"command":"git","stdin":"json","cwd":"sub","max_output_bytes":1024,"allow_leading_dash":true,"output":"text"}""", true)]
    [InlineData("""{"args":[]}""", false)]
    [InlineData("""{"command":"git","arg":["x"]}""", false)]
    [InlineData("""{"command":"git","stdin":"yaml"}""", false)]
    [InlineData("""{"command":"git","args":[{"name":null}]}""", false)]
    [InlineData("""{"command":"git","env":{"A-B":"x"}}""", false)]
    [InlineData("""{"command":"git","exit_codes":[]}""", false)]
    public void The_schema_for_editors_judges_as_the_reader_does(string options, bool isValid)
    {
        var schema = JsonSchema.Compile(KindSchema.Load("process"));
        Assert.Equal(isValid, schema.Validate(JsonElement.Parse(options)).Count == 0);
    }

    [Theory]
    [InlineData("run.bat")]
    [InlineData("RUN.CMD")]
    [InlineData("run.cmd. .")]
    [InlineData(@"C:\tools\run.bat ")]
    public void A_batch_file_is_refused_on_windows(string command) =>
        Assert.Contains("cmd.exe would read", Assert.Throws<ToolException>(() => CommandLookup.Find(command, "C:\\tools", isWindows: true)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_slash_begins_an_option_on_windows()
    {
        var arguments = new ArgumentList([[new ArgumentItem([new TemplatePart("a", isArgument: true)])]], allowLeadingDash: false, isWindows: true);
        Assert.Throws<ToolException>(() => arguments.Render(new CallArguments(JsonElement.Parse("""{"a":"/delete"}"""), JsonElement.Parse("{}"))));
    }
}
