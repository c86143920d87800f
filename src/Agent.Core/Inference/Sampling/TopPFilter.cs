namespace Agent.Core.Inference.Sampling;

/// <summary>
/// Nucleus sampling: keeps the smallest set of most likely tokens whose probabilities add up to <paramref name="p"/>.
/// Source: Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020.
/// </summary>
internal sealed class TopPFilter(float p) : ICandidateFilter
{
    private const int FirstLook = 64;

    public void Apply(CandidateList candidates)
    {
        for (var look = FirstLook; ; look *= 4)
        {
            candidates.SortTop(look);
            var probabilities = candidates.Softmax();
            var sum = 0f;
            for (var i = 0; i < Math.Min(look, probabilities.Length); i++)
            {
                sum += probabilities[i];
                if (sum >= p)
                {
                    candidates.Keep(i + 1);
                    return;
                }
            }

            if (look >= probabilities.Length)
            {
                return;
            }
        }
    }
}
