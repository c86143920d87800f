using Agent.Core.Names;

namespace Agent.Tools.Yaml;

/// <summary>The known word that a mistyped one most likely meant.</summary>
internal static class Suggestion
{
    /// <summary><c>Did you mean "x"?</c> when one candidate is near, else the list of candidates.</summary>
    internal static string For(string word, IReadOnlyCollection<string> candidates, string listTitle)
    {
        var nearest = NearestName.Find(word, candidates);
        if (nearest is not null)
        {
            return $"Did you mean \"{nearest}\"?";
        }

        return candidates.Count == 0 ? $"{listTitle}: none" : $"{listTitle}: {string.Join(", ", candidates)}";
    }
}
