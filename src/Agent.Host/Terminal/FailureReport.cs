using Agent.Core.Agents;
using Agent.Core.Inference;
using Agent.Core.Prompts;
using Agent.Core.Retrieval;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Evaluation.Suites;
using Agent.Host.Remote;
using Agent.Tools.Registry;
using Spectre.Console;

namespace Agent.Host.Terminal;

/// <summary>An error in the words of the program's user, and the exit code it leads to.</summary>
internal sealed record FailureReport
{
    private FailureReport(string code, int exitCode, string message, string? details = null)
    {
        Code = code;
        ExitCode = exitCode;
        Message = message;
        Details = details;
    }

    /// <summary>A stable word for programs.</summary>
    public string Code { get; }

    /// <summary>The exit code.</summary>
    public int ExitCode { get; }

    /// <summary>What is wrong and how to mend it.</summary>
    public string Message { get; }

    /// <summary>The stack trace, where it is to be shown.</summary>
    public string? Details { get; }

    /// <summary>The report of an exception.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="cancelled">Whether the user asked to stop.</param>
    /// <param name="verbose">Whether the stack trace of an expected error is to be shown too.</param>
    public static FailureReport From(Exception exception, bool cancelled, bool verbose)
    {
        var details = verbose ? exception.ToString() : null;
        return exception switch
        {
            OperationCanceledException when cancelled => new("cancelled", ExitCodes.Cancelled, "Cancelled."),
            UsageException => new("usage", ExitCodes.Usage, exception.Message, details),
            SettingsException => new("configuration", ExitCodes.Usage, exception.Message, details),
            ToolsFileException => new("tools_file", ExitCodes.Usage, exception.Message, details),
            SuiteException => new("suite", ExitCodes.Usage, exception.Message, details),
            PromptFileException => new("prompt", ExitCodes.Usage, exception.Message, details),
            AgentStartException { Stage: AgentLoadStage.Library } => new("native_library", ExitCodes.CannotLoad, exception.Message, details),
            AgentStartException => new("model", ExitCodes.CannotLoad, exception.Message, details),
            ContextOverflowException => new("context_overflow", ExitCodes.Failed, exception.Message, details),
            QueueFullException => new("queue_full", ExitCodes.Failed, exception.Message, details),
            EngineException => new("engine", ExitCodes.Failed, exception.Message, details),
            RemoteChatException => new("server", ExitCodes.Failed, exception.Message, details),
            RetrievalException => new("collection", ExitCodes.Failed, exception.Message, details),
            ToolException => new("tool", ExitCodes.Failed, exception.Message, details),
            _ => new("internal", ExitCodes.Failed, $"This is a bug in the program: {exception.GetBaseException().Message.TrimEnd('.')}. Please report it with the lines below.", exception.ToString()),
        };
    }

    /// <summary>Writes it for a person.</summary>
    public void WriteTo(ConsoleTerminal terminal)
    {
        terminal.WriteNotice(ExitCode == ExitCodes.Cancelled ? Message : $"error: {Message}", new Style(Color.Red));
        if (Details is not null)
        {
            terminal.WriteNotice(Details);
        }
    }

    /// <summary>Writes it for a program.</summary>
    public void WriteTo(JsonLines lines) => lines.Write("error", json =>
    {
        json.WriteString("code"u8, Code);
        json.WriteString("message"u8, Message);
    });
}
