namespace Agent.Core.Inference.Sampling;

/// <summary>
/// Makes tokens of the recent past less likely: positive logits are divided by the penalty, negative ones multiplied.
/// Source: Keskar et al., "CTRL", 2019.
/// </summary>
/// <param name="penalty">1 changes nothing.</param>
/// <param name="window">How many of the last tokens count, prompt included.</param>
internal sealed class RepetitionPenalty(float penalty, int window) : ILogitProcessor
{
    public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength)
    {
        var recent = tokens.Length > window ? tokens[^window..] : tokens;
        for (var i = 0; i < recent.Length; i++)
        {
            // Each token once, however often it occurs; the window is short, so looking back beats keeping a set.
            if (!recent[..i].Contains(recent[i]))
            {
                ref var logit = ref logits[recent[i]];
                logit = logit > 0 ? logit / penalty : logit * penalty;
            }
        }
    }
}
