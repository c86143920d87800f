using Agent.Core.Chat.Prompting;
using Agent.Core.Chat.Template;

namespace Agent.Core.Tests.Chat.Prompting;

public class EncodedRunsTests
{
    private static readonly string Long = string.Concat(Enumerable.Range(0, 40).Select(i => $"line {i} "));

    [Fact]
    public void A_run_that_came_before_is_not_encoded_again_and_has_the_same_ids()
    {
        var tokenizer = Tokenizer();
        var encoder = new PromptEncoder(tokenizer);
        PromptSegment[] first = [new(Long + "<x>", IsTrusted: true), new("Hi", IsTrusted: false)];
        PromptSegment[] second = [new(Long + "<x>", IsTrusted: true), new("And " + Long, IsTrusted: false)];

        var before = encoder.Encode(first);
        var after = encoder.Encode(second);

        Assert.Equal([Long, "Hi", "And " + Long], tokenizer.Runs);
        Assert.Equal(new PromptEncoder(Tokenizer()).Encode(second), after);
        Assert.Equal(before[..^1], after[..(before.Count - 1)]);
    }

    [Fact]
    public void Short_runs_are_encoded_each_time()
    {
        var tokenizer = Tokenizer();
        var encoder = new PromptEncoder(tokenizer);

        encoder.Encode([new("Hi", IsTrusted: false)]);
        encoder.Encode([new("Hi", IsTrusted: false)]);

        Assert.Equal(["Hi", "Hi"], tokenizer.Runs);
    }

    [Fact]
    public void What_one_tenant_sent_makes_no_prompt_of_another_faster()
    {
        var tokenizer = Tokenizer();
        var encoder = new PromptEncoder(tokenizer);
        foreach (var salt in (string[])["a", "b", "a"])
        {
            encoder.Encode([new(Long, IsTrusted: false)], [], salt, out _);
        }

        Assert.Equal([Long, Long], tokenizer.Runs);
    }

    [Fact]
    public void The_border_between_salt_and_text_is_part_of_the_name()
    {
        var runs = new EncodedRuns();

        Assert.NotEqual(runs.KeyOf("ab", "c"), runs.KeyOf("a", "bc"));
        Assert.NotEqual(runs.KeyOf("a", "b"), new EncodedRuns().KeyOf("a", "b"));
        Assert.Equal(runs.KeyOf("a", "b"), runs.KeyOf("a", "b"));
    }

    [Fact]
    public void What_was_not_used_for_long_is_forgotten_first()
    {
        var runs = new EncodedRuns(mostIds: 40);
        for (UInt128 key = 0; key < 6; key++)
        {
            runs.Add(key, new int[10]);
            Assert.True(runs.TryGet(0, out var first) && first.Length == 10);
        }

        Assert.False(runs.TryGet(1, out _));
        Assert.True(runs.TryGet(5, out _));
        runs.Add(9, new int[21]);
        Assert.False(runs.TryGet(9, out _));
    }

    [Fact]
    public async Task Many_threads_get_the_ids_of_their_own_runs()
    {
        var encoder = new PromptEncoder(PairTokenizer.Qwen);
        string[] texts = [.. Enumerable.Range(0, 16).Select(i => $"{i}: {Long}")];
        List<int>[] expected = [.. texts.Select(text => new PromptEncoder(PairTokenizer.Qwen).Encode([new(text, IsTrusted: false)]))];

        await Parallel.ForAsync(0, 400, (i, _) =>
        {
            Assert.Equal(expected[i % 16], encoder.Encode([new(texts[i % 16], IsTrusted: false)]));
            return ValueTask.CompletedTask;
        });
    }

    private static PairTokenizer Tokenizer() => new(("<x>", true)) { KeepsRuns = true };
}
