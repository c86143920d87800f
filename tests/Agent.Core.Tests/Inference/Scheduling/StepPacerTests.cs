using Agent.Core.Inference.Scheduling;

namespace Agent.Core.Tests.Inference.Scheduling;

public class StepPacerTests
{
    private static readonly SchedulerOptions Options = new();

    [Fact]
    public void Before_anything_was_measured_the_limit_of_tokens_holds() =>
        Assert.Equal(Options.PrefillTokensWhileDecoding, new StepPacer(Options).PromptTokens(decoding: 8, prompts: 1, shortPrompts: 0));

    [Fact]
    public void A_step_beside_decoding_takes_as_long_as_it_may()
    {
        var pacer = new StepPacer(Options);

        var tokens = Settle(pacer, decoding: 8, decodeMs: 8, fixedMs: 0, msPerToken: 0.1);

        // 20 ms, of which 8 are the others'.
        Assert.InRange(tokens, 118, 121);
    }

    [Fact]
    public void The_fixed_cost_of_a_chunk_is_counted_in()
    {
        var pacer = new StepPacer(Options);

        var tokens = Settle(pacer, decoding: 8, decodeMs: 8, fixedMs: 1.5, msPerToken: 0.05);

        Assert.InRange(8 + 1.5 + (tokens * 0.05), 19, 21);
    }

    [Theory]
    [InlineData(5, 0.05)]
    [InlineData(10, 0.03)]
    [InlineData(9, 0.083)]
    public void Where_a_chunk_costs_much_by_itself_a_step_takes_half_as_long_again(double fixedMs, double msPerToken)
    {
        var pacer = new StepPacer(Options);

        var tokens = Settle(pacer, decoding: 8, decodeMs: 8, fixedMs, msPerToken);

        Assert.InRange(8 + fixedMs + (tokens * msPerToken), 27, 32);
    }

    [Fact]
    public void Where_decoding_alone_takes_long_a_step_may_take_a_multiple_of_it()
    {
        var pacer = new StepPacer(Options);

        var tokens = Settle(pacer, decoding: 100, decodeMs: 30, fixedMs: 0, msPerToken: 0.2);

        // 2.2 x 30 ms less 30.
        Assert.InRange(tokens, 178, 182);
    }

    [Fact]
    public void Where_decoding_is_fast_a_step_may_take_the_target()
    {
        var pacer = new StepPacer(Options);

        // 20 ms, of which 2 are the others'.
        Assert.InRange(Settle(pacer, decoding: 1, decodeMs: 2, fixedMs: 0, msPerToken: 0.1), 178, 181);
    }

    [Fact]
    public void Many_prompts_that_wait_make_steps_longer()
    {
        var pacer = new StepPacer(Options);
        Settle(pacer, decoding: 8, decodeMs: 8, fixedMs: 0, msPerToken: 0.1);

        // Five targets, and at most ten.
        Assert.InRange(pacer.PromptTokens(decoding: 8, prompts: 9, shortPrompts: 0), 915, 925);
        Assert.InRange(pacer.PromptTokens(decoding: 8, prompts: 40, shortPrompts: 0), 1910, 1925);
        Assert.Equal(100, new StepPacer(Options with { PrefillTokensWhileDecoding = 100 }).PromptTokens(decoding: 8, prompts: 40, shortPrompts: 0));
    }

    [Fact]
    public void Short_prompts_that_wait_are_taken_together_beside_many_answers()
    {
        var pacer = new StepPacer(Options);
        Settle(pacer, decoding: 64, decodeMs: 14, fixedMs: 8, msPerToken: 0.1);

        // One target and a half, three and a half, and the most: of each the others take 14 ms.
        Assert.InRange(pacer.PromptTokens(decoding: 64, prompts: 1, shortPrompts: 1), 220, 260);
        Assert.InRange(pacer.PromptTokens(decoding: 64, prompts: 6, shortPrompts: 6), 400, 500);
        Assert.InRange(pacer.PromptTokens(decoding: 64, prompts: 30, shortPrompts: 30), 1700, 1900);

        // Long ones as one.
        Assert.InRange(pacer.PromptTokens(decoding: 64, prompts: 6, shortPrompts: 0), 220, 300);
    }

    [Fact]
    public void However_slow_the_machine_a_prompt_gets_on()
    {
        var pacer = new StepPacer(Options);

        Assert.Equal(Options.LeastChunk, Settle(pacer, decoding: 1, decodeMs: 500, fixedMs: 0, msPerToken: 100));
    }

    [Fact]
    public void One_interrupted_step_changes_little_and_is_forgotten()
    {
        var pacer = new StepPacer(Options);
        var before = Settle(pacer, decoding: 8, decodeMs: 8, fixedMs: 0, msPerToken: 0.1);

        pacer.Observe(8, before, TimeSpan.FromSeconds(2));
        Assert.InRange(pacer.PromptTokens(8, 1, 0), before * 3 / 4, before);
        Assert.InRange(Settle(pacer, decoding: 8, decodeMs: 8, fixedMs: 0, msPerToken: 0.1), before - 2, before + 2);
    }

    [Fact]
    public void The_time_of_more_rows_than_were_seen_is_that_of_fewer()
    {
        var pacer = new StepPacer(Options);
        Settle(pacer, decoding: 8, decodeMs: 8, fixedMs: 0, msPerToken: 0.1);

        Assert.Equal(pacer.PromptTokens(8, 1, 0), pacer.PromptTokens(64, 1, 0));
    }

    /// <summary>Steps of a machine that takes so long, until the pacer has settled.</summary>
    private static int Settle(StepPacer pacer, int decoding, double decodeMs, double fixedMs, double msPerToken)
    {
        var tokens = 0;
        for (var step = 0; step < 60; step++)
        {
            pacer.Observe(decoding, 0, TimeSpan.FromMilliseconds(decodeMs));
            tokens = pacer.PromptTokens(decoding, 1, 0);
            pacer.Observe(decoding, tokens, TimeSpan.FromMilliseconds(decodeMs + fixedMs + (msPerToken * tokens)));
        }

        return pacer.PromptTokens(decoding, 1, 0);
    }
}
