using System.Text.RegularExpressions;

namespace Agent.Tools.Masking;

/// <summary>A kind of secret and how it is found. Immutable and thread-safe.</summary>
/// <param name="Name">Its name; text that is found becomes <c>[name]</c>.</param>
/// <param name="Expression">Finds candidates, in time linear in the text.</param>
/// <param name="IsSecret">Whether a candidate is one; null where every candidate is.</param>
internal sealed record MaskPattern(string Name, Regex Expression, Func<ReadOnlySpan<char>, bool>? IsSecret = null)
{
    /// <summary>What stands in the place of a secret.</summary>
    internal string Replacement { get; } = $"[{Name}]";
}
