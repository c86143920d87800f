using System.Globalization;
using Agent.Core.Inference.Sampling;
using Agent.Host.Terminal;

namespace Agent.Host.Benchmarks.Loads;

/// <summary>How tokens are chosen, as it is written on a command line: <c>greedy</c>, or <c>top-k 40, top-p 0.9, temperature 0.7</c>.</summary>
internal static class SamplingText
{
    /// <summary>The word for the likeliest token, always.</summary>
    public const string Greedy = "greedy";

    /// <summary>Reads it.</summary>
    /// <exception cref="UsageException">It cannot be read, or a value is outside its range.</exception>
    public static SamplingOptions Parse(string text)
    {
        if (text.Trim() == Greedy)
        {
            return SamplingOptions.Greedy;
        }

        var sampling = text.Split(',').Aggregate(SamplingOptions.Greedy, (options, part) => With(options, part, text));
        try
        {
            sampling.Validate();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new UsageException($"--sampling is '{text}': {e.Message.Split('\n', '(')[0].Trim()}");
        }

        return sampling.Temperature > 0
            ? sampling
            : throw new UsageException($"--sampling is '{text}', and without a temperature above 0 the likeliest token is taken all the same. Add one, or write {Greedy}.");
    }

    private static SamplingOptions With(SamplingOptions options, string part, string whole)
    {
        var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var value = words.Length == 2 && float.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : (float?)null;
        return (words.Length == 2 ? words[0] : null, value) switch
        {
            ("temperature", { } given) => options with { Temperature = given },
            ("top-p", { } given) => options with { TopP = given },
            ("min-p", { } given) => options with { MinP = given },
            ("top-k", { } given) when float.IsInteger(given) => options with { TopK = (int)given },
            _ => throw new UsageException($"--sampling is '{whole}', and '{part.Trim()}' cannot be read. Write {Greedy}, or some of top-k, top-p, min-p and temperature, such as \"top-k 40, top-p 0.9, temperature 0.7\"."),
        };
    }
}
