using System.Globalization;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>
/// Gives each call of a run an id that no other call of its transcript has. Ids come from servers, some of which number the calls of every
/// turn alike; consent, results and ledger keys find their call by its id. Used by the reader of the run only.
/// </summary>
/// <remarks>What a client handed over stays as it is; a call with another id is a copy. The same calls get the same ids each time.</remarks>
internal sealed class ToolCallIds
{
    private const string Nameless = "call";

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Takes the ids of a transcript.</summary>
    public ToolCallIds(IEnumerable<ChatMessage> messages)
    {
        foreach (var content in messages.SelectMany(message => message.Contents))
        {
            switch (content)
            {
                case FunctionCallContent call:
                    _taken.Add(call.CallId);
                    break;
                case FunctionResultContent result:
                    _taken.Add(result.CallId);
                    break;
                case ToolApprovalResponseContent { ToolCall: { } call }:
                    _taken.Add(call.CallId);
                    break;
            }
        }
    }

    /// <summary>The update with ids of its own.</summary>
    public ChatResponseUpdate Distinguish(ChatResponseUpdate update)
    {
        if (Distinguish(update.Contents) is not { } contents)
        {
            return update;
        }

        var clone = update.Clone();
        clone.Contents = contents;
        return clone;
    }

    /// <summary>The whole response with ids of its own.</summary>
    public ChatResponse Distinguish(ChatResponse response)
    {
        var changed = false;
        List<ChatMessage> messages = [];
        foreach (var message in response.Messages)
        {
            var kept = message;
            if (Distinguish(message.Contents) is { } contents)
            {
                changed = true;
                kept = message.Clone();
                kept.Contents = contents;
            }

            messages.Add(kept);
        }

        return changed ? response.WithMessages(messages) : response;
    }

    /// <summary>The contents; null where none of them changes.</summary>
    private List<AIContent>? Distinguish(IList<AIContent> contents)
    {
        List<AIContent>? changed = null;
        for (var i = 0; i < contents.Count; i++)
        {
            if (contents[i] is not FunctionCallContent call)
            {
                continue;
            }

            // A call that the service carries out itself keeps the id that its own result bears.
            if (_taken.Add(call.CallId) ? call.CallId.Length > 0 : call.InformationalOnly)
            {
                continue;
            }

            changed ??= [.. contents];
            changed[i] = Copy(call, NewId(call.CallId));
        }

        return changed;
    }

    private string NewId(string id)
    {
        var stem = id.Length == 0 ? Nameless : id;
        while (true)
        {
            var number = _numbers.GetValueOrDefault(stem, 1) + 1;
            _numbers[stem] = number;
            var candidate = string.Create(CultureInfo.InvariantCulture, $"{stem}_{number}");
            if (_taken.Add(candidate))
            {
                return candidate;
            }
        }
    }

    private static FunctionCallContent Copy(FunctionCallContent call, string id) => new(id, call.Name, call.Arguments)
    {
        Exception = call.Exception,
        InformationalOnly = call.InformationalOnly,
        Annotations = call.Annotations,
        AdditionalProperties = call.AdditionalProperties,
    };
}
