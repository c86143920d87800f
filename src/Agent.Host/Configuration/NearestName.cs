namespace Agent.Host.Configuration;

/// <summary>The known name that a mistyped one most likely meant.</summary>
internal static class NearestName
{
    /// <summary>The nearest candidate; null where none is near.</summary>
    public static string? Find(string written, IEnumerable<string> candidates)
    {
        string? nearest = null;
        var best = Math.Max(1, written.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            var distance = Distance(written.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < best)
            {
                (nearest, best) = (candidate, distance);
            }
        }

        return nearest;
    }

    private static int Distance(string left, string right)
    {
        const int FarApart = 8;
        if (Math.Abs(left.Length - right.Length) > FarApart)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
