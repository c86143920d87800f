using System.CommandLine;
using System.Reflection;
using Agent.Host.Composition;
using Agent.Tools.Mcp.Serving;

namespace Agent.Host.Commands;

/// <summary><c>agent mcp</c>: serves the tools to one client of the Model Context Protocol over standard input and output.</summary>
internal static class McpCommand
{
    public static Command Create(CommandRunner runner)
    {
        var command = new Command("mcp", "Serve the tools as an MCP server over standard input and output, for a client that starts this command; no model is loaded.");
        var approve = new Option<bool>("--approve")
        {
            Description = "Serve tools that need approval too: the client is trusted to ask its user. Otherwise calls of them are refused.",
        };
        command.Add(approve);
        CommonOptions.RefuseJson(command);
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) => ExecuteAsync(context, parsed.GetValue(approve), cancellationToken)));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, bool clientAsks, CancellationToken cancellationToken)
    {
        var streams = context.Environment.Streams;
        var runtime = context.RuntimeOptions();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var terminations = streams.OnTermination(() => ending.Cancel());
        try
        {
            await using var registry = await AgentDefinitions.LoadToolsAsync(context.LoadSettings(), runtime, ending.Token);
            var server = new McpRegistryServer(registry, new McpServingOptions
            {
                Version = typeof(McpCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
                ClientAsksForApproval = clientAsks,
                TimeProvider = context.Environment.Time,
                LoggerFactory = runtime.LoggerFactory,
            });
            if (!streams.IsInputRedirected)
            {
                context.Terminal.WriteNotice("Waiting for messages of an MCP client on standard input; clients start this command themselves (docs/mcp-serving.md). Ctrl-C ends it.");
            }

            await server.ServeAsync(streams.OpenInput(), streams.OpenOutput(), ending.Token);
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The regular end that clients bring about where closing the input did not do it in time.
            return ExitCodes.Cancelled;
        }
    }
}
