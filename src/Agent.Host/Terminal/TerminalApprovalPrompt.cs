using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Spectre.Console;

namespace Agent.Host.Terminal;

/// <summary>Asks on standard error and reads a line. Whatever is not a yes declines; words other than no are passed on as the reason.</summary>
internal sealed class TerminalApprovalPrompt(ConsoleTerminal terminal, TerminalLines lines) : IApprovalPrompt
{
    private static readonly Style Style = new(Color.Yellow);
    private static readonly JsonSerializerOptions Readable = new(AIJsonUtilities.DefaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = false };
    private static readonly string[] Yes = ["y", "yes", "ok", "是", "好", "同意", "可以"];
    private static readonly string[] No = ["", "n", "no", "否", "不", "不同意", "不可以"];

    public async Task<ToolApprovalResponseContent> AskAsync(ToolApprovalRequestContent request, CancellationToken cancellationToken)
    {
        var call = request.ToolCall as FunctionCallContent;
        var name = TerminalText.Escape(call?.Name ?? request.ToolCall.CallId);

        // In full and as it will be carried out: the lines above are cut and masked, and what was not shown was not agreed to.
        terminal.WriteNotice(TerminalText.Escape($"? {name} {ArgumentsOf(call)}"), Style);
        terminal.Error.Write(new Text($"Allow {name}? [y = yes, Enter = no, or say why not] ", Style));
        var line = await ReadAsync(cancellationToken);
        var answer = (line ?? string.Empty).Trim();
        return Yes.Contains(answer, StringComparer.OrdinalIgnoreCase)
            ? request.CreateResponse(approved: true, reason: null)
            : request.CreateResponse(approved: false, No.Contains(answer, StringComparer.OrdinalIgnoreCase) ? null : answer);
    }

    private static string ArgumentsOf(FunctionCallContent? call) =>
        call?.Arguments is { } arguments ? JsonSerializer.Serialize(arguments, Readable) : "{}";

    private async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var line = await lines.ReadAsync(cancellationToken);
            if (line is null)
            {
                terminal.Error.WriteLine();
            }

            return line;
        }
        catch (OperationCanceledException)
        {
            // Nobody pressed Enter, so what comes next would stand behind the question.
            terminal.Error.WriteLine();
            throw;
        }
    }
}
