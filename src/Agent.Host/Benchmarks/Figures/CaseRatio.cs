namespace Agent.Host.Benchmarks.Figures;

/// <summary>How many times a server's figures those of the model in this process are; null where one of them is not known.</summary>
/// <param name="Load">The load's name.</param>
/// <param name="TokensPerSecond">Tokens in a second, more being better.</param>
/// <param name="DecodeTokensPerSecond">Tokens in a second while all decode.</param>
/// <param name="PromptTokensPerSecond">Prompt tokens computed in a second.</param>
/// <param name="RequestTokensPerSecond">Tokens in a second for one request.</param>
/// <param name="FirstTokenMedian">The median time to the first token, less being better.</param>
/// <param name="FirstTokenP99">Its 99th percentile.</param>
/// <param name="GapMedian">The median time from piece to piece.</param>
/// <param name="GapP99">Its 99th percentile.</param>
internal sealed record CaseRatio(
    string Load,
    double? TokensPerSecond,
    double? DecodeTokensPerSecond,
    double? PromptTokensPerSecond,
    double? RequestTokensPerSecond,
    double? FirstTokenMedian,
    double? FirstTokenP99,
    double? GapMedian,
    double? GapP99)
{
    /// <summary>Compares the median runs.</summary>
    public static CaseRatio Of(string load, LoadFigures process, LoadFigures server) => new(
        load,
        process.TokensPerSecond / server.TokensPerSecond,
        process.DecodeTokensPerSecond / server.DecodeTokensPerSecond,
        process.PromptTokensPerSecond / server.PromptTokensPerSecond,
        process.RequestTokensPerSecond / server.RequestTokensPerSecond,
        Of(process.FirstToken?.Median, server.FirstToken?.Median),
        Of(process.FirstToken?.P99, server.FirstToken?.P99),
        Of(process.Gaps?.Median, server.Gaps?.Median),
        Of(process.Gaps?.P99, server.Gaps?.P99));

    private static double? Of(double? process, double? server) => server > 0 ? process / server : null;
}
