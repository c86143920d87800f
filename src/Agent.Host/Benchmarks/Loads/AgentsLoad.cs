using System.Globalization;
using System.Text.Json;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Host.Terminal;
using Microsoft.Extensions.AI;

namespace Agent.Host.Benchmarks.Loads;

/// <summary>Agents with one system message and one set of tools, each with a question of its own and rounds of tool calls.</summary>
internal sealed record AgentsLoad
{
    private const int MostTools = 8;
    private const int SharedDraws = 1;
    private const int OwnDraws = 2;
    private const int ArrivalDraws = 3;

    /// <summary>Agents.</summary>
    public required int Agents { get; init; }

    /// <summary>Tokens that all prompts begin with: the template's opening, system message, tools.</summary>
    public required int SharedTokens { get; init; }

    /// <summary>Tokens of each agent's own: its question, and the template's frame around it.</summary>
    public required int OwnTokens { get; init; }

    /// <summary>Rounds of tool calls before the last answer.</summary>
    public required int Rounds { get; init; }

    /// <summary>Tokens of each tool result's text.</summary>
    public required int ResultTokens { get; init; }

    /// <summary>Tokens of each answer.</summary>
    public required int OutputTokens { get; init; }

    /// <summary>Agents that arrive in a second, on average; null for all at once.</summary>
    public required double? ArrivalRate { get; init; }

    /// <summary>Whether tools are on offer; without them the system message takes their tokens.</summary>
    public required bool HasTools { get; init; }

    /// <summary>Whether each run has a shared beginning that nobody has computed yet.</summary>
    public required bool IsCold { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>The case.</summary>
    /// <exception cref="UsageException">The numbers of tokens are less than the template takes alone.</exception>
    public IReadOnlyList<LoadCase> Cases(PromptSource source, ITokenizer tokenizer)
    {
        var length = new PromptLength(tokenizer);
        var (tools, systemWords) = FitTools(length, source);
        var word = source.Text(1, source.Random(0, 0));
        ChatMessage system = new(ChatRole.System, word);
        var ownWords = 1 + OwnTokens - (length.Count([system, new(ChatRole.User, word)], [], opensAnswer: true) - length.Count([system], [], opensAnswer: false));
        if (ownWords < 1)
        {
            throw new UsageException($"--own is {OwnTokens}, and the template takes {OwnTokens - ownWords} tokens around a question. Make it {OwnTokens - ownWords + 1} or more.");
        }

        var longest = length.Count(Conversation(source.Text(systemWords, source.Random(0, 0)), source.Text(ownWords, source.Random(0, 0)), Rounds, source, source.Random(0, 0)), tools, opensAnswer: true);
        return
        [
            new LoadCase
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{Agents} agents"),
                Parameters = new Dictionary<string, double>
                {
                    ["agents"] = Agents,
                    ["shared"] = SharedTokens,
                    ["own"] = OwnTokens,
                    ["rounds"] = Rounds,
                    ["result"] = ResultTokens,
                    ["output"] = OutputTokens,
                    ["tools"] = tools.Count,
                    ["cold"] = IsCold ? 1 : 0,
                    ["arrivals_per_second"] = ArrivalRate ?? 0,
                },
                Sequences = Math.Min(Agents, 256),
                Clients = Agents,
                MayWait = true,
                ContextTokens = longest + OutputTokens,
                Plan = run => Plan(run, source, tools, systemWords, ownWords),
            },
        ];
    }

    private List<LoadClient> Plan(int run, PromptSource source, IReadOnlyList<AIFunctionDeclaration> tools, int systemWords, int ownWords)
    {
        var system = source.Text(systemWords, source.Random(SharedDraws, IsCold ? run : 0));
        var random = source.Random(OwnDraws, run);
        var starts = ArrivalTimes.Draw(Agents, ArrivalRate, source.Random(ArrivalDraws, run));
        return [.. starts.Select(start =>
        {
            var conversation = Conversation(system, source.Text(ownWords, random), Rounds, source, random);
            return new LoadClient
            {
                Start = start,
                Requests = [.. Enumerable.Range(0, Rounds + 1).Select(round => new ChatLoadRequest
                {
                    Messages = conversation[..(2 + (2 * round))],
                    Tools = tools,
                    OutputTokens = OutputTokens,
                    Sampling = Sampling,
                })],
            };
        })];
    }

    /// <summary>What the model wrote does not come back in it: answers differ from server to server, and the load must not.</summary>
    private List<ChatMessage> Conversation(string system, string question, int rounds, PromptSource source, Random random)
    {
        List<ChatMessage> messages = [new(ChatRole.System, system), new(ChatRole.User, question)];
        for (var round = 0; round < rounds; round++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"call_{round}");
            messages.Add(new(ChatRole.Assistant, [new FunctionCallContent(id, ToolName(0), new Dictionary<string, object?> { ["query"] = source.Text(4, random).Trim() })]));
            messages.Add(new(ChatRole.Tool, [new FunctionResultContent(id, source.Text(ResultTokens, random))]));
        }

        return messages;
    }

    /// <summary>As many tools as leave at least half of the shared tokens to the system message.</summary>
    private (IReadOnlyList<AIFunctionDeclaration> Tools, int SystemWords) FitTools(PromptLength length, PromptSource source)
    {
        // With a word in it: line breaks around an empty message would become one token.
        ChatMessage[] system = [new(ChatRole.System, source.Text(1, source.Random(0, 0)))];
        var all = Tools(source);
        var least = 0;
        for (var count = HasTools ? MostTools : 0; count >= (HasTools ? 1 : 0); count--)
        {
            var taken = length.Count(system, all[..count], opensAnswer: false) - 1;
            least = taken + 1;
            if (taken <= (count > 1 ? SharedTokens / 2 : SharedTokens - 1))
            {
                return (all[..count], SharedTokens - taken);
            }
        }

        throw new UsageException($"--shared is {SharedTokens}, and the template with {(HasTools ? "one tool" : "no tool")} takes {least - 1} tokens. Make it {least} or more{(HasTools ? ", or add --without-tools" : string.Empty)}.");
    }

    private static AIFunctionDeclaration[] Tools(PromptSource source) => [.. Enumerable.Range(0, MostTools).Select(i =>
    {
        var random = source.Random(100 + i, 0);
        var schema = JsonSerializer.SerializeToElement(new
        {
            type = "object",
            properties = new
            {
                query = new { type = "string", description = source.Text(10, random).Trim() },
                limit = new { type = "integer", description = source.Text(8, random).Trim() },
            },
            required = (string[])["query"],
        });
        return AIFunctionFactory.CreateDeclaration(ToolName(i), source.Text(16, random).Trim(), schema);
    })];

    private static string ToolName(int index) => string.Create(CultureInfo.InvariantCulture, $"search_{index}");
}
