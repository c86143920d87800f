using System.Globalization;
using Agent.Core.Agents;
using Agent.Core.Names;
using Agent.Host.Composition;
using Agent.Host.Conversations;
using Agent.Host.Terminal;
using Spectre.Console;

namespace Agent.Host.Commands;

/// <summary>Reads what a person types, and shows what comes back. Used by one thread; Ctrl-C comes on another.</summary>
internal sealed class ChatDialogue(CommandContext context, AgentRuntime agent, Conversation conversation, IRunReporter reporter, ToolReloadInbox reloads)
{
    private static readonly (string Name, string Description)[] SlashCommands =
    [
        ("/tools", "the tools that the model may call"),
        ("/stats", "turns, tokens and speed so far"),
        ("/reset", "forget the conversation"),
        ("/help", "this list"),
        ("/exit", "leave"),
    ];

    private volatile CancellationTokenSource? _turn;
    private AgentFinished? _last;
    private bool _saidThatTurnsWereDropped;

    /// <summary>Talks until /exit or the end of the input.</summary>
    /// <exception cref="OperationCanceledException">Ctrl-C while no turn ran.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        context.StopCurrentTurn = StopTurn;
        if (context.Terminal.IsInteractive)
        {
            using var tools = agent.AcquireTools();
            Notice($"{Path.GetFileName(agent.Model.Description.Path)}, {agent.Engine.ContextTokens:N0} tokens of context, tools: {tools.Registry.Tools.Count}. /help lists commands.");
        }

        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            var text = line.Trim();
            if (text.Equals("/exit", StringComparison.OrdinalIgnoreCase))
            {
                break;
            }

            if (text.StartsWith('/'))
            {
                Execute(text);
            }
            else if (text.Length > 0)
            {
                await TakeTurnAsync(text, cancellationToken);
            }
        }

        return ExitCodes.Success;
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        WritePrompt();
        var reading = context.Lines.ReadAsync(cancellationToken);
        while (await Task.WhenAny(reading, reloads.Arrival) != reading)
        {
            if (context.Terminal.IsInteractive)
            {
                context.Terminal.Error.WriteLine();
            }

            ShowReloads();
            WritePrompt();
        }

        var line = await reading;
        ShowReloads();
        return line;
    }

    private void WritePrompt()
    {
        if (context.Terminal.IsInteractive)
        {
            context.Terminal.Error.Write(new Text("> ", new Style(Color.Grey)));
        }
    }

    private void ShowReloads()
    {
        foreach (var result in reloads.Take())
        {
            ToolReloadNotice.WriteTo(context.Terminal, result);
        }
    }

    private async Task TakeTurnAsync(string question, CancellationToken cancellationToken)
    {
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _turn = turn;
        try
        {
            await reporter.BeginAsync();
            await foreach (var next in conversation.AskAsync(question, turn.Token))
            {
                await reporter.ReportAsync(next);
                _last = next as AgentFinished ?? _last;
            }

            SayIfTurnsWereDropped();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && FailureReport.From(e, turn.IsCancellationRequested, context.IsVerbose) is { Code: not "internal" } failure)
        {
            // The conversation is as it was before the turn, and goes on.
            await reporter.FailAsync(failure);
        }
        finally
        {
            _turn = null;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private bool StopTurn()
    {
        try
        {
            if (_turn is { IsCancellationRequested: false } turn)
            {
                turn.Cancel();
                return true;
            }
        }
        catch (ObjectDisposedException)
        {
            // The turn ended between the question and the answer.
        }

        return false;
    }

    private void SayIfTurnsWereDropped()
    {
        if (conversation.DroppedTurns > 0 && !_saidThatTurnsWereDropped)
        {
            _saidThatTurnsWereDropped = true;
            Notice($"The conversation no longer fits {agent.Engine.ContextTokens:N0} tokens: from now on its oldest turns are forgotten. /reset starts afresh.");
        }
    }

    private void Execute(string command)
    {
        switch (command.ToLowerInvariant())
        {
            case "/tools":
                ListTools();
                break;
            case "/stats":
                Stats();
                break;
            case "/reset":
                conversation.Reset();
                _saidThatTurnsWereDropped = false;
                _last = null;
                Notice("The conversation is forgotten.");
                break;
            case "/help":
                foreach (var (name, description) in SlashCommands)
                {
                    Notice($"{name,-7} {description}");
                }

                Notice("Ctrl-C stops an answer; without one, it leaves.");
                break;
            default:
                var hint = NearestName.Find(command, SlashCommands.Select(c => c.Name)) is { } nearest ? $"Did you mean {nearest}?" : "/help lists the commands.";
                Notice($"There is no command {command}. {hint}");
                break;
        }
    }

    private void ListTools()
    {
        using var tools = agent.AcquireTools();
        foreach (var tool in tools.Registry.Tools)
        {
            Notice($"{tool.Name}  {tool.Description}");
        }
    }

    private void Stats()
    {
        var usage = conversation.Usage;
        Notice(string.Create(CultureInfo.InvariantCulture, $"turns          {conversation.Turns} ({conversation.DroppedTurns} forgotten)"));
        Notice(string.Create(CultureInfo.InvariantCulture, $"tokens         {usage.InputTokenCount ?? 0} prompt ({usage.CachedInputTokenCount ?? 0} from cache), {usage.OutputTokenCount ?? 0} generated"));
        Notice(string.Create(CultureInfo.InvariantCulture, $"context        {conversation.HeldTokens} of {agent.Engine.ContextTokens} tokens"));
        Notice(string.Create(CultureInfo.InvariantCulture, $"load time      {agent.LoadTime.TotalMilliseconds:0} ms"));
        if (_last is { } last)
        {
            Notice(string.Create(CultureInfo.InvariantCulture, $"last turn      {last.Rounds} rounds, {last.Duration.TotalMilliseconds:0} ms, of which tools {last.Timings.ToolTime.TotalMilliseconds:0} ms"));
            Notice(string.Create(CultureInfo.InvariantCulture, $"speed          {Rate(TokenSpeed.Prefill(last))} prefill, {Rate(TokenSpeed.Decode(last))} decode"));
        }
    }

    private void Notice(string text) => context.Terminal.WriteNotice(text, new Style(Color.Grey));

    private static string Rate(double? tokensPerSecond) =>
        tokensPerSecond is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate:0} tokens/s") : "-";
}
