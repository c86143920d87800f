using System.Text.Json;

namespace Agent.Host.Evaluation.Tools.Scoring;

/// <summary>Whether two values of an argument are the same: strings save for white space at either end, numbers by value.</summary>
internal static class ArgumentValue
{
    /// <summary>The value of an argument that is not given.</summary>
    public static readonly JsonElement Absent = JsonElement.Parse("null"u8);

    /// <summary>Compares two values.</summary>
    public static bool AreSame(JsonElement a, JsonElement b) => (a.ValueKind, b.ValueKind) switch
    {
        (JsonValueKind.String, JsonValueKind.String) => Trim(a.GetString()!).SequenceEqual(Trim(b.GetString()!)),
        (JsonValueKind.Number, JsonValueKind.Number) => JsonNumber.Parse(a.GetRawText()) == JsonNumber.Parse(b.GetRawText()),
        (JsonValueKind.Array, JsonValueKind.Array) => a.GetArrayLength() == b.GetArrayLength() && a.EnumerateArray().Zip(b.EnumerateArray()).All(pair => AreSame(pair.First, pair.Second)),
        (JsonValueKind.Object, JsonValueKind.Object) => AreSame(Properties(a), Properties(b)),
        var (first, second) => first == second,
    };

    private static bool AreSame(Dictionary<string, JsonElement> a, Dictionary<string, JsonElement> b) =>
        a.Count == b.Count && a.All(property => b.TryGetValue(property.Key, out var other) && AreSame(property.Value, other));

    /// <summary>The properties; of two with one name the last counts.</summary>
    private static Dictionary<string, JsonElement> Properties(JsonElement element)
    {
        var properties = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            properties[property.Name] = property.Value;
        }

        return properties;
    }

    private static ReadOnlySpan<char> Trim(string text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && IsBlank(text[start]))
        {
            start++;
        }

        while (end > start && IsBlank(text[end - 1]))
        {
            end--;
        }

        return text.AsSpan(start, end - start);
    }

    /// <summary>Blank as in the scoring's Python, which also counts the four separators of ASCII.</summary>
    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';
}
