using System.Text.Json;
using Agent.Host.Evaluation.Suites;
using Agent.Host.Evaluation.Tools.Scoring;
using Agent.Host.Evaluation.Tools.Suites;
using Agent.Testing;

namespace Agent.Host.Tests.Evaluation;

/// <summary>Hand-made turns, with the scores that the Python of <c>models/eval/README.md</c> gives them.</summary>
public sealed class TurnScoreTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "data", "evaluation");

    private static readonly Dictionary<string, JsonElement> Turns = File.ReadLines(Path.Combine(Folder, "turns.jsonl"))
        .Select(line => JsonElement.Parse(line))
        .ToDictionary(turn => turn.GetProperty("name").GetString()!, StringComparer.Ordinal);

    private static readonly JsonElement Scores = JsonElement.Parse(File.ReadAllText(Path.Combine(Folder, "scores.json")));

    public static TheoryData<string> Names => [.. Turns.Keys];

    [Fact]
    public void Every_turn_has_a_score() => Assert.Equal(Turns.Keys, Scores.EnumerateObject().Select(score => score.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_turn_is_scored_as_the_reference_does(string name)
    {
        List<SuiteProblem> problems = [];
        var (expected, _) = ExpectationReader.Read(new SuiteNode(Turns[name].GetProperty("expect"), "turns.jsonl", string.Empty, problems), tools: null);

        var score = TurnScore.Of([.. Turns[name].GetProperty("calls").EnumerateArray().Select(Read)], expected);

        Assert.Empty(problems);
        Assert.Equal(Scores.GetProperty(name).GetProperty("decision").GetBoolean(), score.Decision);
        Assert.Equal(Scores.GetProperty(name).GetProperty("exact").GetBoolean(), score.Exact);
    }

    [Theory]
    [InlineData("1e400", "10E399", true)]
    [InlineData("1e-99999999999999999999", "0.1e-99999999999999999998", true)]
    [InlineData("1e-99999999999999999999", "0", false)]
    [InlineData("0e5", "-0.000", true)]
    [InlineData("0.1", "0.1000000000000000055511151231257827", false)]
    [InlineData("100", "1000", false)]
    [InlineData("1200.0", "12e2", true)]
    public void Numbers_are_compared_digit_by_digit(string a, string b, bool same)
    {
        Assert.Equal(same, ArgumentValue.AreSame(JsonElement.Parse(a), JsonElement.Parse(b)));
        Assert.Equal(same, ArgumentValue.AreSame(JsonElement.Parse(b), JsonElement.Parse(a)));
    }

    [Fact]
    public void Twenty_calls_alike_are_paired_at_once()
    {
        var call = new ProducedCall("a", new Dictionary<string, JsonElement>(StringComparer.Ordinal), "{}");
        var wanted = new ExpectedCall("a", new Dictionary<string, JsonElement>(StringComparer.Ordinal), new Dictionary<string, IReadOnlyList<JsonElement>>(StringComparer.Ordinal));

        Assert.True(CallPairing.IsComplete([.. Enumerable.Repeat(call, 20)], [.. Enumerable.Repeat(wanted, 20)]));
        Assert.False(CallPairing.IsComplete([.. Enumerable.Repeat(call, 20)], [.. Enumerable.Repeat(wanted, 19), wanted with { Name = "b" }]));
    }

    private static ProducedCall Read(JsonElement call) => new(
        call.GetProperty("name").GetString()!,
        call.GetProperty("arguments") is { ValueKind: JsonValueKind.Object } arguments
            ? arguments.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal)
            : null,
        call.GetRawText());
}
