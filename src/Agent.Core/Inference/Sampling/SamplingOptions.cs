namespace Agent.Core.Inference.Sampling;

/// <summary>How a token is chosen from the logits. The defaults are greedy: the likeliest token, always.</summary>
/// <remarks>Immutable; one instance may serve many requests.</remarks>
public sealed record SamplingOptions
{
    /// <summary>The greedy default.</summary>
    public static SamplingOptions Greedy { get; } = new();

    /// <summary>0 takes the likeliest token; above that, logits are divided by it before the draw.</summary>
    /// <value>0 to 5. Default 0.</value>
    public float Temperature { get; init; }

    /// <summary>Only the k likeliest tokens take part in the draw; 0 means all.</summary>
    /// <value>0 or more. Default 0.</value>
    public int TopK { get; init; }

    /// <summary>Only the likeliest tokens that together have this probability take part; 1 means all.</summary>
    /// <value>Above 0, up to 1. Default 1.</value>
    public float TopP { get; init; } = 1;

    /// <summary>Only tokens at least this times as likely as the likeliest take part; 0 means all.</summary>
    /// <value>0 to 1. Default 0.</value>
    public float MinP { get; init; }

    /// <summary>Divides the logits of recently used tokens; 1 means none.</summary>
    /// <value>Above 0, up to 10. Default 1.</value>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>How many of the last tokens the repetition penalty looks at, prompt included.</summary>
    /// <value>1 to 8192. Default 64.</value>
    public int RepetitionWindow { get; init; } = 64;

    /// <summary>Lowers a token's logit by this for each time it was generated.</summary>
    /// <value>-2 to 2. Default 0.</value>
    public float FrequencyPenalty { get; init; }

    /// <summary>Lowers a token's logit by this once it was generated.</summary>
    /// <value>-2 to 2. Default 0.</value>
    public float PresencePenalty { get; init; }

    /// <summary>Added to the logits of chosen tokens, by token id.</summary>
    /// <value>Each a finite number, or negative infinity, which forbids the token. Default: none.</value>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>Fixes the draws. Null takes a fresh one for each request.</summary>
    /// <remarks>
    /// The same tokens come again where the logits do: what else is in the batch, what came from the cache, and how many CPU threads
    /// compute (<see cref="EngineOptions.Threads"/>) all change their last digits.
    /// </remarks>
    public long? Seed { get; init; }

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside it; the message names value and range.</exception>
    public void Validate()
    {
        Check(Temperature, 0, 5, nameof(Temperature));
        Check(TopK, 0, int.MaxValue, nameof(TopK));
        Check(TopP, float.Epsilon, 1, nameof(TopP));
        Check(MinP, 0, 1, nameof(MinP));
        Check(RepetitionPenalty, float.Epsilon, 10, nameof(RepetitionPenalty));
        Check(RepetitionWindow, 1, 8192, nameof(RepetitionWindow));
        Check(FrequencyPenalty, -2, 2, nameof(FrequencyPenalty));
        Check(PresencePenalty, -2, 2, nameof(PresencePenalty));
        CheckBiases();
    }

    private void CheckBiases()
    {
        if (LogitBias is null)
        {
            return;
        }

        foreach (var (token, bias) in LogitBias)
        {
            if (!float.IsFinite(bias) && !float.IsNegativeInfinity(bias))
            {
                throw new ArgumentOutOfRangeException(nameof(LogitBias), bias, $"LogitBias of token {token} is {bias}; it must be a finite number, or negative infinity to forbid the token.");
            }
        }
    }

    private static void Check(double value, double from, double to, string name)
    {
        // The negated form also catches NaN.
        if (!(value >= from && value <= to))
        {
            var least = from == float.Epsilon ? "above 0" : $"from {from}";
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {least} up to {to}.");
        }
    }
}
