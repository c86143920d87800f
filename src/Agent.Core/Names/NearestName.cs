namespace Agent.Core.Names;

/// <summary>Finds the name that was probably meant, for the hints of error messages.</summary>
public static class NearestName
{
    private const int MaxLength = 64;
    private const int MaxCandidates = 256;

    /// <summary>The nearest candidate; null if none is near.</summary>
    /// <param name="given">What was written; up to 64 characters, or nothing is near.</param>
    /// <param name="candidates">The names there are; the first 256 count.</param>
    public static string? Find(string given, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(candidates);
        if (given.Length is 0 or > MaxLength)
        {
            return null;
        }

        string? nearest = null;

        // A third of the letters may differ, but never half: two short words are soon alike.
        var least = Math.Min(Math.Max(1, given.Length / 3), (given.Length - 1) / 2) + 1;
        foreach (var candidate in candidates.Take(MaxCandidates))
        {
            if (candidate.Length > MaxLength || Math.Abs(candidate.Length - given.Length) >= least)
            {
                continue;
            }

            var distance = Distance(Fold(given), Fold(candidate));
            if (distance < least)
            {
                (nearest, least) = (candidate, distance);
            }
        }

        return nearest;
    }

    // "userId", "user_id" and "User-Id" are one name to a language model.
    private static string Fold(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).ToLowerInvariant();

    private static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[b.Length];
    }
}
