using Microsoft.Extensions.AI;
using Spectre.Console;

namespace Agent.Host.Terminal;

/// <summary>Asks on standard error and reads a line. Whatever is not a yes declines; words other than no are passed on as the reason.</summary>
internal sealed class TerminalApprovalPrompt(ConsoleTerminal terminal, TerminalLines lines) : IApprovalPrompt
{
    private static readonly string[] Yes = ["y", "yes", "ok", "是", "好", "同意", "可以"];
    private static readonly string[] No = ["", "n", "no", "否", "不", "不同意", "不可以"];

    public async Task<ToolApprovalResponseContent> AskAsync(ToolApprovalRequestContent request, CancellationToken cancellationToken)
    {
        var name = request.ToolCall is FunctionCallContent call ? call.Name : request.ToolCall.CallId;
        terminal.Error.Write(new Text(TerminalText.Clean($"Allow {name}? [y = yes, Enter = no, or say why not] "), new Style(Color.Yellow)));
        var line = await lines.ReadAsync(cancellationToken);
        var answer = (line ?? string.Empty).Trim();
        return Yes.Contains(answer, StringComparer.OrdinalIgnoreCase)
            ? request.CreateResponse(approved: true, reason: null)
            : request.CreateResponse(approved: false, No.Contains(answer, StringComparer.OrdinalIgnoreCase) ? null : answer);
    }
}
