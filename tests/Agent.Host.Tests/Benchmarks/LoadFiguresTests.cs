using Agent.Host.Benchmarks.Figures;
using Agent.Host.Benchmarks.Loads;
using static Agent.Host.Tests.Benchmarks.Timelines;

namespace Agent.Host.Tests.Benchmarks;

public sealed class LoadFiguresTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.99, 3.97)]
    [InlineData(1, 4)]
    public void A_percentile_lies_between_its_neighbours(double part, double expected) => Assert.Equal(expected, Percentile.Of([4, 1, 3, 2], part)!.Value, 6);

    [Fact]
    public void Of_nothing_there_is_no_percentile_and_no_spread()
    {
        Assert.Null(Percentile.Of([], 0.5));
        Assert.Null(Spread.Of([]));
        Assert.Null(Spread.Of([TimeSpan.Zero])!.Ratio);
    }

    [Fact]
    public void Two_requests_at_once_come_to_known_figures()
    {
        // All decode from 200 (the later first token) to 400 (the earlier end): 2 tokens of the first, 2 of the second.
        var figures = LoadFigures.Of([Request(0, [100, 300, 400]), Request(0, [200, 250, 350, 500])]);

        Assert.Equal((2, 0, 0), (figures.Requests, figures.Failed, figures.ShortAnswers));
        Assert.Equal(Ms(500), figures.Wall);
        Assert.Equal((7, 200, 80, 120), (figures.OutputTokens, figures.PromptTokens, figures.CachedTokens, figures.ComputedTokens));
        Assert.Equal(14, figures.TokensPerSecond!.Value, 6);
        Assert.Equal(20, figures.DecodeTokensPerSecond!.Value, 6);
        Assert.Equal(600, figures.PromptTokensPerSecond!.Value, 6);
        Assert.Equal(7.75, figures.RequestTokensPerSecond!.Value, 6);
        Assert.Equal((150, 199, 200), (figures.FirstToken!.Median, figures.FirstToken.P99, figures.FirstToken.Greatest));
        Assert.Equal((5, 100, 200), (figures.Gaps!.Count, figures.Gaps.Median, figures.Gaps.Greatest));
        Assert.Equal(1.98, figures.Gaps.Ratio!.Value, 6);
        Assert.Null(figures.GapsDuring);
    }

    [Fact]
    public void Pieces_of_several_tokens_count_for_all_of_them()
    {
        var figures = LoadFigures.Of([Request(0, [100, 200, 300], output: 12)]);

        Assert.Equal(40, figures.TokensPerSecond!.Value, 6);

        // Two of three pieces, four tokens each, in 200 ms.
        Assert.Equal(40, figures.DecodeTokensPerSecond!.Value, 6);
    }

    [Fact]
    public void What_failed_is_counted_by_kind_and_kept_out_of_the_rates()
    {
        var figures = LoadFigures.Of(
        [
            Request(0, [100, 200]), Failure(0, 50, "http_429", "first"), Failure(0, 60, "http_429", "second"), Failure(0, 2000, "timeout", "third"), Request(0, []),
        ]);

        Assert.Equal(4, figures.Failed);
        Assert.Equal((2, "first"), figures.Errors["http_429"]);
        Assert.Equal((1, "third"), figures.Errors["timeout"]);
        Assert.Equal(1, figures.Errors["empty"].Count);
        Assert.Equal(2, figures.OutputTokens);
        Assert.Equal(1, figures.TokensPerSecond!.Value, 6);
        Assert.Equal(100, figures.FirstToken!.Median);
    }

    [Fact]
    public void Where_nothing_is_answered_no_figure_is_made_up()
    {
        var figures = LoadFigures.Of([Failure(0, 50, "connection", "down")]);

        Assert.Null(figures.TokensPerSecond);
        Assert.Null(figures.DecodeTokensPerSecond);
        Assert.Null(figures.PromptTokens);
        Assert.Null(figures.ComputedTokens);
        Assert.Null(figures.FirstToken);
    }

    [Fact]
    public void Counts_that_a_server_keeps_to_itself_stay_unknown()
    {
        var figures = LoadFigures.Of([Request(0, [100, 200], prompt: null, cached: null), Request(0, [100, 200])]);

        Assert.Null(figures.PromptTokens);
        Assert.Null(figures.CachedTokens);
        Assert.Null(figures.PromptTokensPerSecond);
    }

    [Fact]
    public void Rounds_have_no_time_in_which_all_decode()
    {
        var figures = LoadFigures.Of([Request(0, [100, 200]), Request(300, [400, 500])]);

        Assert.Null(figures.DecodeTokensPerSecond);
        Assert.Null(figures.PromptTokensPerSecond);
    }

    [Fact]
    public void Answers_that_end_early_are_counted() => Assert.Equal(1, LoadFigures.Of([Request(0, [1, 2], wanted: 3), Request(0, [1, 2])]).ShortAnswers);

    [Fact]
    public void A_newcomers_time_is_apart_from_the_decoders_gaps()
    {
        // Sent at 100, first token at 400. The decoder's gaps: 50 and 50 before, 110 and 190 and 60 during, 10 after.
        var figures = LoadFigures.Of(
        [
            Request(0, [0, 50, 100, 210, 400, 460, 470], LoadRole.Decoder),
            Request(100, [400, 401], LoadRole.Newcomer),
        ]);

        Assert.Equal((1, 300), (figures.FirstToken!.Count, figures.FirstToken.Median));
        Assert.Equal((6, 55), (figures.Gaps!.Count, figures.Gaps.Median));
        Assert.Equal((2, 50), (figures.GapsBefore!.Count, figures.GapsBefore.Median));
        Assert.Equal((2, 150, 190), (figures.GapsDuring!.Count, figures.GapsDuring.Median, figures.GapsDuring.Greatest));
        Assert.Equal(189.2 / 150, figures.GapsDuring.Ratio!.Value, 6);
    }

    [Fact]
    public void A_ratio_compares_figure_by_figure_and_leaves_out_what_is_unknown()
    {
        var ratio = CaseRatio.Of("x", LoadFigures.Of([Request(0, [100, 150, 200])]), LoadFigures.Of([Request(0, [200, 300, 400], prompt: null)]));

        Assert.Equal(2, ratio.TokensPerSecond!.Value, 6);
        Assert.Equal(2, ratio.DecodeTokensPerSecond!.Value, 6);
        Assert.Equal(0.5, ratio.FirstTokenMedian!.Value, 6);
        Assert.Equal(0.5, ratio.GapP99!.Value, 6);
        Assert.Null(ratio.PromptTokensPerSecond);
    }

    [Theory]
    [InlineData(new[] { 300, 100, 200 }, 200)]
    [InlineData(new[] { 300, 100, 200, 400 }, 200)]
    public void The_run_of_median_duration_stands_for_all(int[] ends, int expected)
    {
        var result = new CaseResult { Target = "process", Load = null!, RunsPlanned = ends.Length, Runs = [.. ends.Select(end => LoadFigures.Of([Request(0, [50, end])]))] };

        Assert.Equal(Ms(expected), result.Median!.Wall);
        Assert.Null((result with { Runs = [] }).Median);
    }
}
