using Agent.Core.Retrieval.Index;

namespace Agent.Core.Tests.Retrieval.Index;

/// <summary>Random documents over a small vocabulary in which low numbers are common.</summary>
internal sealed class RandomCorpus(Random random, int vocabulary)
{
    public string Term() => "t" + (int)(vocabulary * Math.Pow(random.NextDouble(), 3));

    public (TermCount[] Terms, int Length) Document(int longest)
    {
        var counts = new Dictionary<string, int>();
        var length = random.Next(longest + 1);
        for (var i = 0; i < length; i++)
        {
            var term = Term();
            counts[term] = counts.GetValueOrDefault(term) + (random.Next(50) == 0 ? random.Next(1, 1_000_000) : 1);
        }

        return ([.. counts.Select(pair => new TermCount(pair.Key, pair.Value))], length);
    }

    public string[] Query(int most) => [.. Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => random.Next(30) == 0 ? "absent" : Term())];

    public static Dictionary<string, int> CountsOf(TermCount[] terms) => terms.ToDictionary(term => term.Term, term => term.Count);
}
