using System.CommandLine;
using Agent.Core.Agents;
using Agent.Host.Configuration;
using Agent.Host.Conversations;
using Agent.Host.Terminal;
using Microsoft.Extensions.AI;

namespace Agent.Host.Commands;

/// <summary><c>agent ask</c>: one question, one answer.</summary>
internal static class AskCommand
{
    private const string StandardInput = "-";

    public static Command Create(CommandRunner runner)
    {
        var question = new Argument<string?>("question")
        {
            Description = "The question; '-' reads it from standard input, as does a pipe without an argument.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var (approve, collection) = (ApprovalOption(), CollectionOptions.ForAnswers());
        var command = new Command("ask", "Ask one question; the answer goes to standard output, tool activity to standard error.") { question, approve };
        collection.AddTo(command);
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) => ExecuteAsync(
            context, parsed.GetValue(question), parsed.GetValue(approve), settings => collection.Apply(parsed, settings), cancellationToken)));
        return command;
    }

    /// <summary><c>--approve</c>, for the commands that run tools.</summary>
    public static Option<bool> ApprovalOption() => new("--approve")
    {
        Description = "Agree beforehand to every tool call that needs approval; otherwise you are asked, or, without a terminal or with --json, the run ends.",
    };

    private static async Task<int> ExecuteAsync(CommandContext context, string? argument, bool approveAll, Func<AgentSettings, AgentSettings> configure, CancellationToken cancellationToken)
    {
        var question = await ReadQuestionAsync(context, argument, cancellationToken);
        await using var agent = await context.StartAgentAsync(configure, cancellationToken);
        await using var reporter = context.CreateReporter(agent.Settings.Loop, agent.LoadTime);
        using var tools = agent.AcquireTools();
        ChatMessage[] messages = [new(ChatRole.System, agent.SystemPrompt(question, tools.Registry)), new(ChatRole.User, question)];
        await reporter.BeginAsync();
        var reason = AgentFinishReason.Completed;
        await foreach (var next in ApprovingRun.RunAsync(agent.Loop, messages, agent.CreateRequest(tools.Registry), context.ApprovalPrompt(approveAll), cancellationToken))
        {
            await reporter.ReportAsync(next);
            reason = next is AgentFinished finished ? finished.Reason : reason;
        }

        return reason == AgentFinishReason.Completed ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static async Task<string> ReadQuestionAsync(CommandContext context, string? argument, CancellationToken cancellationToken)
    {
        var streams = context.Environment.Streams;
        var fromInput = argument is null ? streams.IsInputRedirected : argument == StandardInput;
        var question = (fromInput ? await streams.In.ReadToEndAsync(cancellationToken) : argument ?? string.Empty).Trim();
        return question.Length > 0
            ? question
            : throw new UsageException(fromInput
                ? "Standard input holds no question."
                : "There is no question. Write: agent ask \"...\", or pipe it in.");
    }
}
