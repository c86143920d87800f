using Agent.Core.Chat.Constraints;
using Agent.Core.Chat.Prompting;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Microsoft.Extensions.AI;

namespace Agent.Core.Chat.Client;

/// <summary>Turns messages and options into a prompt and a generation request, or refuses them.</summary>
internal static class ChatRequestPlanner
{
    /// <summary>A system part without tools is worth keeping in the KV cache from so many tokens on; below, it is computed anew in no time.</summary>
    private const int LeastTokensWorthPinning = 64;

    public static ChatRequestPlan Plan(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        LlamaChatClientOptions defaults,
        IChatTemplate template,
        PromptEncoder encoder,
        ChatConstraints constraints,
        ITokenizer tokenizer)
    {
        ChatOptionsPolicy.RefuseUnsupported(options, defaults.ModelId);
        var tools = ToolDefinitions.From(options?.Tools);
        var names = tools.Select(t => t.Name).ToList();
        var forced = ForcedCall.From(options?.ToolMode, names);
        var format = options?.ResponseFormat as ChatResponseFormatJson;

        // Where an answer of JSON is wanted, a call that nothing holds to its form could be anything but one of the two.
        var constrained = (defaults.ConstrainToolCalls || format is not null) && options?.ToolMode is not NoneChatToolMode
            ? forced?.Name is { } only ? [tools.First(t => t.Name == only)] : tools
            : [];
        var constraint = constraints.Create(constrained, forced?.Text, format);
        var segments = template.Render(
            ChatMessageMapper.Map(messages, options?.Instructions),
            [.. tools.Select(t => t.Definition)],
            addGenerationPrompt: true);

        // The beginning is the template's own text but for the name of the tool, which somebody else chose.
        IReadOnlyList<PromptSegment> all = forced is null ? segments : [.. segments, .. forced.Segments];
        var prompt = new List<int>();
        var salt = ChatOptionsPolicy.CacheSalt(options);
        encoder.Encode(all, prompt, salt, out var systemTokens);
        return new ChatRequestPlan
        {
            Generation = new GenerationRequest
            {
                Prompt = prompt,
                MaxTokens = options?.MaxOutputTokens ?? defaults.MaxOutputTokens,
                Sampling = ChatOptionsPolicy.Sampling(options, defaults.Sampling),
                LogitProcessors = Processors(options, defaults, forced, constraint is null, names, tokenizer),
                Constraint = constraint,
                IgnoreEndOfGeneration = ChatOptionsPolicy.IgnoresEndOfGeneration(options),
                Priority = ChatOptionsPolicy.Priority(options),
                CacheSalt = salt,
                PinnedTokens = tools.Count > 0 || systemTokens >= LeastTokensWorthPinning ? systemTokens : 0,
            },

            // An answer of JSON that looks like a call without tags is an answer; and where calls are held to their form, what the model writes
            // without tags is text that it may have from anybody.
            BareToolNames = format is null && constraint is null && options?.ToolMode is not NoneChatToolMode ? names : [],
            LiteralTagsCount = format is null && options?.ToolMode is not NoneChatToolMode,
            StopSequences = [.. options?.StopSequences ?? []],
            ForcedBeginning = forced?.Text ?? string.Empty,
            MaxToolCalls = defaults.MaxToolCallsPerTurn,
            SingleCall = options?.AllowMultipleToolCalls == false,
        };
    }

    private static List<ILogitProcessor> Processors(ChatOptions? options, LlamaChatClientOptions defaults, ForcedCall? forced, bool isFree, List<string> names, ITokenizer tokenizer)
    {
        var processors = new List<ILogitProcessor>();
        var openTag = tokenizer.AddedTokens.FirstOrDefault(t => t.Text == ForcedCall.OpenTag);
        if (isFree && forced is { NameIsOpen: true })
        {
            processors.Add(new ToolNameConstraint(names, tokenizer));
        }

        if (names.Count > 0 && forced is null && openTag is not null)
        {
            if (options?.ToolMode is NoneChatToolMode)
            {
                // The tools stay in the prompt, so that what is cached of it stays good; only the call is forbidden.
                processors.Add(new ForbiddenToken(openTag.Id));
            }
            else if (defaults.CallThreshold is { } threshold)
            {
                processors.Add(new CallThresholdGate(openTag.Id, threshold));
            }
        }

        return processors;
    }
}
