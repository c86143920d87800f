using System.CommandLine;
using Agent.Host.Configuration;
using Agent.Host.Conversations;

namespace Agent.Host.Commands;

/// <summary><c>agent chat</c>: a conversation.</summary>
internal static class ChatCommand
{
    public static Command Create(CommandRunner runner)
    {
        var command = new Command("chat", "Talk with the agent; /help lists what else can be typed. With input from a pipe, each line is a turn.");
        var (approve, collection) = (AskCommand.ApprovalOption(), CollectionOptions.ForAnswers());
        command.Add(approve);
        collection.AddTo(command);
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) => ExecuteAsync(
            context, parsed.GetValue(approve), settings => collection.Apply(parsed, settings), cancellationToken)));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, bool approveAll, Func<AgentSettings, AgentSettings> configure, CancellationToken cancellationToken)
    {
        var reloads = new ToolReloadInbox();
        await using var agent = await context.StartAgentAsync(configure, cancellationToken, reloads.Add);
        using var conversation = new Conversation(agent, context.ApprovalPrompt(approveAll));
        await using var reporter = context.CreateReporter(agent.Settings.Loop, agent.LoadTime);
        return await new ChatDialogue(context, agent, conversation, reporter, reloads).RunAsync(cancellationToken);
    }
}
