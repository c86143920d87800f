using System.Numerics;

namespace Agent.Core.Inference.Scheduling;

/// <summary>
/// Decides how many prompt tokens a step takes beside running answers, by the time that steps really took: an answer pauses for no longer
/// than it is used to, on any machine and with any model.
/// </summary>
/// <remarks>
/// Engine thread only. Kept are running averages: the time of a step that only decodes, for each power of two of its rows, and the time that
/// chunks of prompts add to such a step, by their size. The first steps of a size build what later ones reuse, so of those the fastest counts; and a
/// size that was not seen for long is unknown again, so that one bad day is not remembered for ever.
/// </remarks>
internal sealed class StepPacer(SchedulerOptions options)
{
    // A step now and then is interrupted by something else; it must not count for more than a few of its kind.
    private const double Weight = 0.25;
    private const double MostGrowth = 2;

    // Measured on an H200, 32 prompts of 512 tokens at once: with 4, prompts and answers together take 10 % longer than one after the other.
    private const double CrowdWeight = 4;

    // Tokens that cost nothing but their own time are never twice as many in half as much time again.
    private const double Overtime = 1.5;
    private const double LeastGainOfOvertime = 2;

    // Smaller chunks say more about the rows beside them than about themselves.
    private const int LeastTokensToLearnFrom = 16;

    private const int StepsToWarmUp = 3;
    private const int StepsToForget = 500;

    private readonly double[] _decodeSeconds = new double[BitOperations.Log2((uint)options.MaxRows) + 1];
    private readonly int[] _seen = new int[BitOperations.Log2((uint)options.MaxRows) + 1];
    private readonly long[] _seenAt = new long[BitOperations.Log2((uint)options.MaxRows) + 1];
    private readonly ChunkCosts _chunks = new();
    private long _steps;

    /// <summary>Most prompt tokens in the next step.</summary>
    /// <param name="decoding">Sequences that decode in it; 1 or more.</param>
    /// <param name="prompts">Prompts that wait to be computed; 1 or more.</param>
    /// <param name="shortPrompts">How many of them are short.</param>
    public int PromptTokens(int decoding, int prompts, int shortPrompts)
    {
        if (_chunks.IsEmpty)
        {
            return options.PrefillTokensWhileDecoding;
        }

        // A long step delays each answer that runs, a short one each that is yet to begin. And rows that decode cost the less the more of them
        // there are, so while most of them are yet to come, decoding at once is no gain for anyone. Short prompts are over with one step: taken one by
        // one, each costs those that run a pass more than all at once, so they may delay more of them.
        var crowd = 1 + (CrowdWeight * Math.Max((prompts - 1.0) / decoding, (shortPrompts - 1) / Math.Sqrt(decoding)));
        var alone = DecodeSeconds(decoding);
        var target = Math.Max(options.StepTarget.TotalSeconds * Math.Clamp(crowd, 1, options.MostStepTargets), alone * options.MostSlowdown);
        var tokens = _chunks.TokensWithin(target - alone);

        // Where a chunk costs much by itself, little more than that fits; then a longer pause, and far fewer of them, is better for all.
        var more = _chunks.TokensWithin((target * Overtime) - alone);
        tokens = more >= tokens * LeastGainOfOvertime ? more : tokens;
        return Math.Min(options.PrefillTokensWhileDecoding, Math.Max(options.LeastChunk, (int)Math.Min(tokens, int.MaxValue)));
    }

    /// <summary>Takes what a step took.</summary>
    /// <param name="decoding">Rows that decoded; drafted ones count.</param>
    /// <param name="promptTokens">Prompt tokens beside them.</param>
    /// <param name="elapsed">Time of the step.</param>
    public void Observe(int decoding, int promptTokens, TimeSpan elapsed)
    {
        _steps++;
        if (promptTokens == 0)
        {
            LearnDecoding(Bucket(decoding), elapsed.TotalSeconds);
        }
        else if (promptTokens >= LeastTokensToLearnFrom)
        {
            var beside = decoding == 0 ? 0 : DecodeSeconds(decoding);
            _chunks.Observe(promptTokens, Math.Max(0, elapsed.TotalSeconds - beside));
        }
    }

    /// <summary>The time of a step that only decodes; 0 where none is known. Of rows that were not seen, or not lately, the time of the next fewer.</summary>
    public double DecodeSeconds(int rows)
    {
        for (var bucket = Bucket(rows); bucket >= 0; bucket--)
        {
            if (_seen[bucket] > 0 && _steps - _seenAt[bucket] <= StepsToForget)
            {
                return _decodeSeconds[bucket];
            }
        }

        return 0;
    }

    private static int Bucket(int rows) => BitOperations.Log2((uint)Math.Max(1, rows));

    private static void Learn(ref double average, double value) => average += Weight * (Math.Min(value, average * MostGrowth) - average);

    private void LearnDecoding(int bucket, double seconds)
    {
        if (_steps - _seenAt[bucket] > StepsToForget)
        {
            _seen[bucket] = 0;
        }

        if (_seen[bucket] == 0)
        {
            _decodeSeconds[bucket] = seconds;
        }
        else if (_seen[bucket] < StepsToWarmUp)
        {
            _decodeSeconds[bucket] = Math.Min(_decodeSeconds[bucket], seconds);
        }
        else
        {
            Learn(ref _decodeSeconds[bucket], seconds);
        }

        _seen[bucket]++;
        _seenAt[bucket] = _steps;
    }
}
