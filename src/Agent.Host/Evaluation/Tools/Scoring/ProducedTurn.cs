using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Tools.Scoring;

/// <summary>What a model answered.</summary>
internal sealed record ProducedTurn
{
    /// <summary>The calls, in order.</summary>
    public required IReadOnlyList<ProducedCall> Calls { get; init; }

    /// <summary>Text and calls as the model wrote them.</summary>
    public required string RawText { get; init; }

    /// <summary>Reads a response.</summary>
    public static ProducedTurn From(ChatResponse response)
    {
        List<ProducedCall> calls = [];
        var raw = new StringBuilder();
        foreach (var content in response.Messages.SelectMany(message => message.Contents))
        {
            switch (content)
            {
                case TextContent text:
                    raw.Append(text.Text);
                    break;
                case FunctionCallContent call:
                    var produced = Read(call);
                    calls.Add(produced);
                    raw.Append(raw.Length > 0 && raw[^1] != '\n' ? "\n" : string.Empty).Append("<tool_call>\n").Append(produced.RawText).Append("\n</tool_call>");
                    break;
                case ErrorContent error:
                    raw.Append(error.Message);
                    break;
            }
        }

        return new ProducedTurn { Calls = calls, RawText = raw.ToString() };
    }

    private static ProducedCall Read(FunctionCallContent call)
    {
        var arguments = call.Exception is not null ? null : (call.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal))
            .ToDictionary(argument => argument.Key, argument => ToElement(argument.Value), StringComparer.Ordinal);
        var raw = call.RawRepresentation as string
            ?? JsonSerializer.Serialize(new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = call.Name, ["arguments"] = arguments });
        return new ProducedCall(call.Name, arguments, raw);
    }

    private static JsonElement ToElement(object? value) => value switch
    {
        JsonElement { ValueKind: not JsonValueKind.Undefined } element => element,
        null or JsonElement => ArgumentValue.Absent,
        _ => JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions),
    };
}
