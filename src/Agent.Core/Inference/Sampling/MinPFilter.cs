namespace Agent.Core.Inference.Sampling;

/// <summary>Keeps the tokens that are at least <paramref name="p"/> times as likely as the likeliest.</summary>
/// <remarks>Source: Nguyen et al., "Turning Up the Heat: Min-p Sampling", 2024.</remarks>
internal sealed class MinPFilter(float p) : ICandidateFilter
{
    private const int FirstLook = 64;
    private readonly float _distance = MathF.Log(p);

    public void Apply(CandidateList candidates)
    {
        for (var look = FirstLook; ; look *= 4)
        {
            candidates.SortTop(look);
            var logits = candidates.Logits;
            var threshold = logits[0] + _distance;
            for (var i = 1; i < Math.Min(look, logits.Length); i++)
            {
                if (logits[i] < threshold)
                {
                    candidates.Keep(i);
                    return;
                }
            }

            if (look >= logits.Length)
            {
                return;
            }
        }
    }
}
