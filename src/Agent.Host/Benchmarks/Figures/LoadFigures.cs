using Agent.Host.Benchmarks.Loads;
using Agent.Host.Benchmarks.Running;

namespace Agent.Host.Benchmarks.Figures;

/// <summary>What one run of a load came to. Figures count answered requests only; those that cannot be known are null.</summary>
internal sealed record LoadFigures
{
    /// <summary>Requests that were sent.</summary>
    public required int Requests { get; init; }

    /// <summary>How many of them failed, by kind, with what the first of each kind said.</summary>
    public required IReadOnlyDictionary<string, (int Count, string Message)> Errors { get; init; }

    /// <summary>Answers with fewer tokens than were asked for.</summary>
    public required int ShortAnswers { get; init; }

    /// <summary>From the first request's sending to the last one's end.</summary>
    public required TimeSpan Wall { get; init; }

    /// <summary>Tokens generated.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>Tokens of all prompts.</summary>
    public required long? PromptTokens { get; init; }

    /// <summary>How many of them had been computed before.</summary>
    public required long? CachedTokens { get; init; }

    /// <summary>Tokens generated in a second of <see cref="Wall"/>.</summary>
    public required double? TokensPerSecond { get; init; }

    /// <summary>Tokens generated in a second while all requests were decoding: from the last one's first token to the first one's end.</summary>
    public required double? DecodeTokensPerSecond { get; init; }

    /// <summary>Prompt tokens computed in a second, until the last request had its first token; null where some had ended by then.</summary>
    public required double? PromptTokensPerSecond { get; init; }

    /// <summary>Tokens that a request got in a second from its sending to its end; the median.</summary>
    public required double? RequestTokensPerSecond { get; init; }

    /// <summary>From sending to the first piece of the answer; where there is a newcomer, its alone.</summary>
    public required Spread? FirstToken { get; init; }

    /// <summary>From piece to piece of an answer; a newcomer's do not count.</summary>
    public required Spread? Gaps { get; init; }

    /// <summary>Those that ended before the newcomer was sent.</summary>
    public required Spread? GapsBefore { get; init; }

    /// <summary>Those that overlap the time between the newcomer's sending and its first token.</summary>
    public required Spread? GapsDuring { get; init; }

    /// <summary>What the engine's steps took; null where it cannot be seen.</summary>
    public StepFigures? Steps { get; init; }

    /// <summary>Requests that failed.</summary>
    public int Failed => Errors.Values.Sum(error => error.Count);

    /// <summary>Prompt tokens that were computed.</summary>
    public long? ComputedTokens => PromptTokens - (CachedTokens ?? 0);

    /// <summary>Works them out.</summary>
    public static LoadFigures Of(IReadOnlyList<RequestTimeline> requests)
    {
        var answered = requests.Where(request => request.IsAnswered).ToList();
        var newcomer = answered.Find(request => request.Role == LoadRole.Newcomer);
        var streams = answered.Where(request => request.Role != LoadRole.Newcomer).ToList();
        var gaps = streams.SelectMany(GapsOf).ToList();
        var wall = requests.Count == 0 ? TimeSpan.Zero : requests.Max(request => request.Ended) - requests.Min(request => request.Submitted);
        var output = answered.Sum(request => request.OutputTokens);
        long? prompt = answered.TrueForAll(request => request.Usage?.PromptTokens is not null) ? answered.Sum(request => request.Usage!.PromptTokens!.Value) : null;
        long? cached = answered.TrueForAll(request => request.Usage?.CachedTokens is not null) ? answered.Sum(request => request.Usage!.CachedTokens!.Value) : null;
        return new LoadFigures
        {
            Requests = requests.Count,
            Errors = ErrorsOf(requests),
            ShortAnswers = answered.Count(request => request.OutputTokens < request.OutputTokensWanted),
            Wall = wall,
            OutputTokens = output,
            PromptTokens = answered.Count > 0 ? prompt : null,
            CachedTokens = answered.Count > 0 ? cached : null,
            TokensPerSecond = Rate(output, wall),
            DecodeTokensPerSecond = DecodeRate(streams),
            PromptTokensPerSecond = PromptRate(answered, prompt - (cached ?? 0)),
            RequestTokensPerSecond = Percentile.Of(streams.Select(request => Rate(request.OutputTokens, request.Ended - request.Submitted)).OfType<double>(), 0.5),
            FirstToken = Spread.Of((newcomer is null ? streams : [newcomer]).Select(request => request.Arrivals[0] - request.Submitted)),
            Gaps = Spread.Of(gaps.Select(gap => gap.To - gap.From)),
            GapsBefore = newcomer is null ? null : Spread.Of(gaps.Where(gap => gap.To <= newcomer.Submitted).Select(gap => gap.To - gap.From)),
            GapsDuring = newcomer is null ? null : Spread.Of(gaps.Where(gap => gap.To > newcomer.Submitted && gap.From < newcomer.Arrivals[0]).Select(gap => gap.To - gap.From)),
        };
    }

    /// <summary>A load that could not even begin.</summary>
    /// <param name="kind">A stable word.</param>
    /// <param name="message">What is wrong and how to mend it.</param>
    public static LoadFigures NotBegun(string kind, string message) =>
        Of([]) with { Errors = new Dictionary<string, (int, string)>(StringComparer.Ordinal) { [kind] = (1, message) } };

    private static IEnumerable<(TimeSpan From, TimeSpan To)> GapsOf(RequestTimeline request) => request.Arrivals.Zip(request.Arrivals.Skip(1));

    private static Dictionary<string, (int Count, string Message)> ErrorsOf(IReadOnlyList<RequestTimeline> requests) => requests
        .Where(request => !request.IsAnswered)
        .Select(request => request.Error ?? new LoadError("empty", "An answer ended without a single piece of text. See the server's log."))
        .GroupBy(error => error.Kind, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => (group.Count(), group.First().Message), StringComparer.Ordinal);

    private static double? DecodeRate(List<RequestTimeline> streams)
    {
        if (streams.Count == 0)
        {
            return null;
        }

        var (from, to) = (streams.Max(request => request.Arrivals[0]), streams.Min(request => request.Arrivals[^1]));

        // Servers may put several tokens into one piece.
        var tokens = streams.Sum(request => request.Arrivals.Count(at => at > from && at <= to) * (double)request.OutputTokens / request.Arrivals.Count);
        return Rate(tokens, to - from);
    }

    private static double? PromptRate(List<RequestTimeline> answered, long? tokens)
    {
        if (tokens is null || answered.Count == 0)
        {
            return null;
        }

        var last = answered.Max(request => request.Arrivals[0]);
        return last <= answered.Min(request => request.Arrivals[^1]) ? Rate(tokens.Value, last - answered.Min(request => request.Submitted)) : null;
    }

    private static double? Rate(double count, TimeSpan time) => time > TimeSpan.Zero && count > 0 ? count / time.TotalSeconds : null;
}
