using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Agent.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>Random scripts against a small model of the rules, and random interruptions against the transcript's invariants.</summary>
public sealed class AgentLoopRandomisedTests
{
    private const int Runs = 500;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Random_scripts_end_as_the_rules_say(bool streaming)
    {
        HashSet<AgentFinishReason> reasons = [];
        HashSet<ToolFailureKind> failures = [];
        for (var seed = 0; seed < Runs; seed++)
        {
            var script = Script.Random(new(seed));
            var client = new ScriptedChatClient(i => script.Rounds[i].ToScripted());

            var (events, finished) = await RunAsync(client, streaming, Tools, script.Limits);

            var expected = Oracle.Judge(script);
            var actual = events.OfType<AgentToolCallFinished>().ToDictionary(e => e.CallId, e => e.Failure);
            Assert.True(
                expected.Reason == finished.Reason && expected.Rounds == finished.Rounds
                    && expected.Pending.SequenceEqual(finished.PendingCalls.Select(c => c.CallId))
                    && expected.Waiting.SequenceEqual(finished.PendingApprovals.Select(a => a.ToolCall.CallId))
                    && expected.Outcomes.OrderBy(o => o.Key, StringComparer.Ordinal).SequenceEqual(actual.OrderBy(o => o.Key, StringComparer.Ordinal)),
                $"seed {seed}: expected {expected.Reason} after {expected.Rounds}, got {finished.Reason} after {finished.Rounds}; "
                    + $"expected {string.Join(' ', expected.Outcomes)}, got {string.Join(' ', actual)}");
            Assert.Equal(expected.Rounds, finished.Usage.OutputTokenCount ?? 0);
            reasons.Add(finished.Reason);
            failures.UnionWith(actual.Values.OfType<ToolFailureKind>());
        }

        // The scripts must reach every rule, or the comparison says little.
        Assert.Equal(Enum.GetValues<AgentFinishReason>().Except([AgentFinishReason.TimeLimit]).Order(), reasons.Order());
        Assert.Equal(Enum.GetValues<ToolFailureKind>().Except([ToolFailureKind.Declined]).Order(), failures.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Random_interruptions_leave_a_valid_transcript_and_no_running_tool(bool streaming)
    {
        var byReason = new Dictionary<AgentFinishReason, int>();
        var cancelled = 0;
        for (var seed = 0; seed < Runs; seed++)
        {
            var random = new Random(seed);
            var script = Script.Random(random);
            var time = new ManualTimeProvider();
            using var cancel = new CancellationTokenSource();
            var byCaller = random.Next(3) == 0;
            var running = 0;
            var expired = 0;
            var hang = RawTool("ok", async (_, token) =>
            {
                Interlocked.Increment(ref running);
                try
                {
                    if (byCaller)
                    {
                        await cancel.CancelAsync();
                    }
                    else if (Interlocked.Exchange(ref expired, 1) == 0)
                    {
                        // Once only: a second step would use up the grace in which the tools must end.
                        time.Advance(TimeSpan.FromHours(1));
                    }

                    await Task.Delay(Timeout.Infinite, token);
                    return "never";
                }
                finally
                {
                    Interlocked.Decrement(ref running);
                }
            });
            AITool[] tools = [hang, .. Tools.Skip(1)];
            var loop = new AgentLoop(new ScriptedChatClient(i => script.Rounds[i].ToScripted()), timeProvider: time);
            var request = new AgentRequest { Tools = tools, Limits = script.Limits, Streaming = streaming };

            try
            {
                var events = await CollectAsync(loop, request, cancel.Token).WaitAsync(HangGuard);
                AssertConsistent(events);
                var reason = events.OfType<AgentFinished>().Single().Reason;
                byReason[reason] = byReason.GetValueOrDefault(reason) + 1;
            }
            catch (OperationCanceledException)
            {
                Assert.True(cancel.IsCancellationRequested, $"seed {seed}");
                cancelled++;
            }

            Assert.Equal(0, Volatile.Read(ref running));
        }

        Assert.True(cancelled > 20 && byReason.GetValueOrDefault(AgentFinishReason.TimeLimit) > 50, $"{cancelled} {string.Join(' ', byReason)}");
    }

    private static AITool[] Tools =>
    [
        RawTool("ok", (arguments, _) => new($"n={arguments["n"]}"), """{"type":"object","properties":{"n":{"type":"integer","minimum":0}}}"""),
        RawTool("throws", (_, _) => throw new InvalidOperationException("internal")),
        RawTool("refuses", (_, _) => throw new ToolException("no")),
        RawTool("gives_up", (_, _) => throw new OperationCanceledException()),
        RawTool("outside", (_, _) => throw new InvalidOperationException("must not run")).AsDeclarationOnly(),
        new ApprovalRequiredAIFunction(RawTool("asks", (_, _) => throw new InvalidOperationException("must not run"))),
    ];

    private sealed record Call(string Id, string Name, int Argument, bool Malformed);

    private sealed record Round(IReadOnlyList<object> Items, ChatFinishReason? Finish)
    {
        public IEnumerable<Call> Calls => Items.OfType<Call>();

        public ScriptedRound ToScripted()
        {
            var round = new ScriptedRound();

            // The filter speaks first, so that no tool of the turn has started in either path.
            if (Finish == ChatFinishReason.ContentFilter)
            {
                round.Finish(ChatFinishReason.ContentFilter);
            }

            foreach (var item in Items)
            {
                _ = item switch
                {
                    string text => round.Text(text),
                    Call { Malformed: true } call => round.Content(new FunctionCallContent(call.Id, call.Name) { Exception = new JsonException("bad") }),
                    Call call => round.Call(call.Id, call.Name, new { n = call.Argument, fixedPart = "x" }),
                    AIContent content => round.Content(content),
                    _ => throw new InvalidOperationException(),
                };
            }

            round.Usage(0, 1);
            return Finish is { } finish && finish != ChatFinishReason.ContentFilter ? round.Finish(finish) : round;
        }
    }

    private sealed record Script(IReadOnlyList<Round> Rounds, AgentLimits Limits)
    {
        private static readonly string[] Names = ["ok", "ok", "ok", "ok", "throws", "refuses", "gives_up", "outside", "missing", "asks"];

        public static Script Random(Random random)
        {
            var limits = new AgentLimits
            {
                MaxRounds = random.Next(1, 7),
                MaxToolCallsPerRound = random.Next(2, 5),
                MaxRepeatedCalls = random.Next(1, 3),
                MaxParallelToolCalls = random.Next(1, 4),
            };
            var arguments = random.Next(2) == 0 ? 2 : 100;
            var withOutside = random.Next(3) == 0;
            var answers = random.Next(4);
            var id = 0;
            List<Round> rounds = [];
            for (var i = 0; i < limits.MaxRounds; i++)
            {
                List<object> items = [];
                var count = random.Next(4) < answers ? 0 : random.Next(1, 7);
                for (var j = random.Next(2); j < count; j++)
                {
                    items.Add(random.Next(10) switch
                    {
                        < 3 => random.Next(3) == 0 ? "" : $"text {j} ",
                        3 => new FunctionCallContent($"i{id++}", "ok") { InformationalOnly = true },
                        4 => new TextReasoningContent("hm"),
                        _ => new Call($"c{id++:000}", Name(random, withOutside), random.Next(-1, arguments), random.Next(10) == 0),
                    });
                }

                ChatFinishReason? finish = random.Next(12) switch
                {
                    0 => ChatFinishReason.ContentFilter,
                    1 or 2 => ChatFinishReason.Length,
                    3 or 4 => ChatFinishReason.Stop,
                    5 => ChatFinishReason.ToolCalls,
                    _ => null,
                };
                rounds.Add(new(items, finish));
            }

            return new(rounds, limits);
        }

        private static string Name(Random random, bool withOutside)
        {
            var name = Names[random.Next(Names.Length)];
            return name is "outside" or "asks" && !withOutside ? "ok" : name;
        }
    }

    /// <summary>The rules once more, with neither streams nor threads.</summary>
    private static class Oracle
    {
        public static Verdict Judge(Script script)
        {
            Dictionary<string, ToolFailureKind?> outcomes = [];
            Dictionary<(string, int), int> seen = [];
            for (var number = 1; ; number++)
            {
                var round = script.Rounds[number - 1];
                var last = number == script.Limits.MaxRounds;
                var filtered = round.Finish == ChatFinishReason.ContentFilter;
                var tripped = false;
                List<string> outside = [];
                List<string> waiting = [];
                var position = 0;
                foreach (var call in round.Calls)
                {
                    position++;
                    if (last || filtered)
                    {
                        outcomes[call.Id] = ToolFailureKind.NotExecuted;
                    }
                    else if (position > script.Limits.MaxToolCallsPerRound)
                    {
                        outcomes[call.Id] = ToolFailureKind.TooManyCalls;
                    }
                    else if (call.Malformed)
                    {
                        outcomes[call.Id] = ToolFailureKind.MalformedCall;
                    }
                    else
                    {
                        var times = seen[(call.Name, call.Argument)] = seen.GetValueOrDefault((call.Name, call.Argument)) + 1;
                        tripped |= times > script.Limits.MaxRepeatedCalls + 1;
                        if (times > script.Limits.MaxRepeatedCalls)
                        {
                            outcomes[call.Id] = ToolFailureKind.RepeatedCall;
                        }
                        else if (call.Name == "outside")
                        {
                            outside.Add(call.Id);
                        }
                        else if (call.Name == "asks")
                        {
                            waiting.Add(call.Id);
                        }
                        else
                        {
                            outcomes[call.Id] = call.Name switch
                            {
                                "ok" => call.Argument < 0 ? ToolFailureKind.InvalidArguments : null,
                                "throws" => ToolFailureKind.UnexpectedError,
                                "refuses" => ToolFailureKind.ToolError,
                                "gives_up" => ToolFailureKind.Cancelled,
                                _ => ToolFailureKind.UnknownTool,
                            };
                        }
                    }
                }

                AgentFinishReason? reason =
                    filtered ? AgentFinishReason.ContentFiltered
                    : tripped ? AgentFinishReason.RepeatedCall
                    : last && round.Calls.Any() ? AgentFinishReason.RoundLimit
                    : waiting.Count > 0 ? AgentFinishReason.ApprovalRequired
                    : outside.Count > 0 ? AgentFinishReason.ToolCallsForCaller
                    : round.Calls.Any() ? null
                    : round.Finish == ChatFinishReason.Length ? AgentFinishReason.MaxOutputTokens
                    : AgentFinishReason.Completed;
                if (reason is null)
                {
                    continue;
                }

                if (reason is not (AgentFinishReason.ToolCallsForCaller or AgentFinishReason.ApprovalRequired))
                {
                    outside.ForEach(callId => outcomes[callId] = ToolFailureKind.NotExecuted);
                    waiting.ForEach(callId => outcomes[callId] = ToolFailureKind.NotExecuted);
                    outside.Clear();
                    waiting.Clear();
                }

                return new(reason.Value, number, outcomes, outside, waiting);
            }
        }
    }

    private sealed record Verdict(
        AgentFinishReason Reason, int Rounds, IReadOnlyDictionary<string, ToolFailureKind?> Outcomes, IReadOnlyList<string> Pending, IReadOnlyList<string> Waiting);
}
