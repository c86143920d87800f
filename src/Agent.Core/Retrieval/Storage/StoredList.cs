using System.Text.Json;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Lists and maps of texts in one column, as JSON.</summary>
internal static class StoredList
{
    private const string Empty = "[]";

    public static string Write(IReadOnlyList<string> values) => values.Count == 0 ? Empty : JsonSerializer.Serialize(values);

    public static IReadOnlyList<string> Read(string text) => text == Empty ? [] : JsonSerializer.Deserialize<string[]>(text) ?? [];

    public static string WriteMap(IReadOnlyDictionary<string, string> values) => values.Count == 0 ? "{}" : JsonSerializer.Serialize(values);

    public static IReadOnlyDictionary<string, string> ReadMap(string text) => JsonSerializer.Deserialize<Dictionary<string, string>>(text) ?? [];
}
