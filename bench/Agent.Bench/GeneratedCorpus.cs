namespace Agent.Bench;

/// <summary>Documents and queries of words whose frequencies follow Zipf's law. The same seed gives the same text.</summary>
internal sealed class GeneratedCorpus
{
    private const int Vocabulary = 200_000;

    // Heights of the alias method (Walker, 1977): one random number for each word.
    private readonly double[] _heights = new double[Vocabulary];
    private readonly int[] _aliases = new int[Vocabulary];
    private readonly Random _random;

    public GeneratedCorpus(int seed)
    {
        _random = new Random(seed);
        var weights = Enumerable.Range(1, Vocabulary).Select(rank => 1.0 / rank).ToArray();
        var scale = Vocabulary / weights.Sum();
        var (small, large) = (new Stack<int>(), new Stack<int>());
        for (var i = 0; i < Vocabulary; i++)
        {
            _heights[i] = weights[i] * scale;
            (_heights[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            var (low, high) = (small.Pop(), large.Pop());
            _aliases[low] = high;
            _heights[high] -= 1 - _heights[low];
            (_heights[high] < 1 ? small : large).Push(high);
        }

        foreach (var rest in small.Concat(large))
        {
            (_heights[rest], _aliases[rest]) = (1, rest);
        }

        Words = [.. Enumerable.Range(0, Vocabulary).Select(rank => "w" + rank.ToString("x5"))];
    }

    /// <summary>The vocabulary, the commonest word first.</summary>
    public string[] Words { get; }

    /// <summary>The ranks of the next document's words, half to one and a half times the average in number.</summary>
    public int[] NextDocument(int averageWords)
    {
        var words = new int[_random.Next(averageWords / 2, (averageWords * 3 / 2) + 1)];
        foreach (ref var word in words.AsSpan())
        {
            word = NextWord();
        }

        return words;
    }

    /// <summary>Different words, drawn as often as text has them, but for the ten commonest, which analysis drops as stop words.</summary>
    public string[] NextQuery(int terms)
    {
        var ranks = new HashSet<int>();
        while (ranks.Count < terms)
        {
            var rank = NextWord();
            if (rank >= 10)
            {
                ranks.Add(rank);
            }
        }

        return [.. ranks.Select(rank => Words[rank])];
    }

    private int NextWord()
    {
        var place = _random.NextDouble() * Vocabulary;
        var word = (int)place;
        return place - word < _heights[word] ? word : _aliases[word];
    }
}
