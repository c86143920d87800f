using System.Numerics;

namespace Agent.Core.Inference.Scheduling;

/// <summary>
/// Decides how many prompt tokens a step takes beside running answers, by the time that steps really took: an answer pauses for no longer
/// than it is used to, on any machine and with any model.
/// </summary>
/// <remarks>
/// Engine thread only. Kept are running averages: the time of a step that only decodes, for each power of two of its rows, and the time that
/// a prompt token adds to such a step. Small chunks cost more a token than large ones; as the average is of the chunks that were chosen, the
/// choice settles where both agree.
/// </remarks>
internal sealed class StepPacer(SchedulerOptions options)
{
    // A step now and then is interrupted by something else; it must not count for more than a few of its kind.
    private const double Weight = 0.25;
    private const double MostGrowth = 2;

    // Smaller chunks say more about the rows beside them than about themselves.
    private const int LeastTokensToLearnFrom = 16;

    private readonly double[] _decodeSeconds = new double[BitOperations.Log2((uint)options.MaxRows) + 1];
    private double _secondsPerPromptToken;

    /// <summary>Most prompt tokens in the next step.</summary>
    /// <param name="decoding">Sequences that decode in it; 1 or more.</param>
    /// <param name="prompts">Prompts that wait to be computed; 1 or more.</param>
    public int PromptTokens(int decoding, int prompts)
    {
        if (_secondsPerPromptToken == 0)
        {
            return options.PrefillTokensWhileDecoding;
        }

        // A long step delays each answer that runs, a short one each that is yet to begin.
        var crowd = Math.Clamp(1 + ((prompts - 1.0) / decoding), 1, options.MostStepTargets);
        var alone = DecodeSeconds(decoding);
        var target = Math.Max(options.StepTarget.TotalSeconds * crowd, alone * options.MostSlowdown);
        var tokens = (target - alone) / _secondsPerPromptToken;
        return Math.Min(options.PrefillTokensWhileDecoding, Math.Max(options.LeastChunk, (int)Math.Min(tokens, int.MaxValue)));
    }

    /// <summary>Takes what a step took.</summary>
    /// <param name="decoding">Rows that decoded.</param>
    /// <param name="promptTokens">Prompt tokens beside them.</param>
    /// <param name="elapsed">Time of the step.</param>
    public void Observe(int decoding, int promptTokens, TimeSpan elapsed)
    {
        if (promptTokens == 0)
        {
            Learn(ref _decodeSeconds[Bucket(decoding)], elapsed.TotalSeconds);
        }
        else if (promptTokens >= LeastTokensToLearnFrom)
        {
            var beside = decoding == 0 ? 0 : DecodeSeconds(decoding);
            Learn(ref _secondsPerPromptToken, Math.Max(0, elapsed.TotalSeconds - beside) / promptTokens);
        }
    }

    private static int Bucket(int rows) => BitOperations.Log2((uint)Math.Max(1, rows));

    private static void Learn(ref double average, double value) =>
        average = average == 0 ? value : average + (Weight * (Math.Min(value, average * MostGrowth) - average));

    /// <summary>Of rows that were not seen yet: the time of the next fewer that were, which is too short rather than too long.</summary>
    private double DecodeSeconds(int decoding)
    {
        for (var bucket = Bucket(decoding); bucket >= 0; bucket--)
        {
            if (_decodeSeconds[bucket] > 0)
            {
                return _decodeSeconds[bucket];
            }
        }

        return 0;
    }
}
