using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Agent.Host.Commands;

namespace Agent.Host;

/// <summary>The program: its commands, and how they are run.</summary>
internal sealed class AgentApplication(HostEnvironment environment)
{
    private const string Description =
        """
        A function-calling agent whose model runs in this process.

        Exit codes: 0 answered; 1 the run failed (a tool call failed, a limit stopped it, an engine error);
        2 usage, configuration, tool file or prompts are wrong; 3 model or native library cannot be loaded;
        130 cancelled.

        Settings: appsettings.json beside the program, then the one in the current folder, then environment
        variables (Agent__Engine__Threads=2), then options. See docs/console.md.
        """;

    /// <summary>Runs a command line.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        // A question may begin with '@', which the parser would take for the name of a file with arguments.
        var parsed = CreateRootCommand().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var configuration = new InvocationConfiguration
        {
            Output = environment.Streams.Out,
            Error = environment.Streams.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        if (parsed.Action is not ParseErrorAction error)
        {
            return await parsed.InvokeAsync(configuration);
        }

        // Standard output is for answers: a program that reads it must not find a help page there.
        configuration.Output = environment.Streams.Error;
        error.ShowHelp = false;
        await parsed.InvokeAsync(configuration);
        await environment.Streams.Error.WriteLineAsync("Run with --help to see what there is.");
        return ExitCodes.Usage;
    }

    private RootCommand CreateRootCommand()
    {
        var runner = new CommandRunner(environment);
        var root = new RootCommand(Description)
        {
            AskCommand.Create(runner),
            ChatCommand.Create(runner),
            ToolsCommand.Create(runner),
            McpCommand.Create(runner),
            IngestCommand.Create(runner),
            SearchCommand.Create(runner),
            CollectionsCommand.Create(runner),
            DoctorCommand.Create(runner),
            EvalCommand.Create(runner),
            BenchCommand.Create(runner),
        };
        CommonOptions.AddTo(root);
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        return root;
    }

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var version = typeof(AgentApplication).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            parseResult.InvocationConfiguration.Output.WriteLine($"agent {version}");
            return ExitCodes.Success;
        }
    }
}
