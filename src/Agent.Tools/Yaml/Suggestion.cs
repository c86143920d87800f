namespace Agent.Tools.Yaml;

/// <summary>The known word that a mistyped one most likely meant.</summary>
internal static class Suggestion
{
    /// <summary><c>Did you mean "x"?</c> when one candidate is near, else the list of candidates.</summary>
    internal static string For(string word, IReadOnlyCollection<string> candidates, string listTitle)
    {
        var nearest = Nearest(word, candidates);
        if (nearest is not null)
        {
            return $"Did you mean \"{nearest}\"?";
        }

        return candidates.Count == 0 ? $"{listTitle}: none" : $"{listTitle}: {string.Join(", ", candidates)}";
    }

    internal static string? Nearest(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        var bestDistance = Math.Max(1, word.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            var distance = Distance(word, candidate);
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    // Optimal string alignment: a swap of neighbours, the commonest slip of a keyboard, counts as one edit.
    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 8)
        {
            return int.MaxValue;
        }

        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            table[i, 0] = i;
        }

        for (var j = 0; j <= right.Length; j++)
        {
            table[0, j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var a = char.ToLowerInvariant(left[i - 1]);
                var b = char.ToLowerInvariant(right[j - 1]);
                var cost = a == b ? 0 : 1;
                var value = Math.Min(Math.Min(table[i - 1, j] + 1, table[i, j - 1] + 1), table[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a == char.ToLowerInvariant(right[j - 2]) && char.ToLowerInvariant(left[i - 2]) == b)
                {
                    value = Math.Min(value, table[i - 2, j - 2] + 1);
                }

                table[i, j] = value;
            }
        }

        return table[left.Length, right.Length];
    }
}
