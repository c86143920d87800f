using Agent.Host.Evaluation.Retrieval;

namespace Agent.Host.Tests.Evaluation.Retrieval;

public sealed class RetrievalRunTests
{
    [Fact]
    public void Times_are_percentiles_as_everywhere()
    {
        var query = new RetrievalQuery("q", "what?", new Dictionary<string, double>());
        var run = new RetrievalRun("lexical", TimeSpan.Zero, [.. new[] { 4, 1, 3, 2 }.Select(ms => new RetrievalResult(query, [], new RetrievalScore(0, 0, 0), TimeSpan.FromMilliseconds(ms)))]);

        Assert.Equal((1, 2.5, 4), (run.Milliseconds(0), run.Milliseconds(0.5), run.Milliseconds(1)));
    }
}
