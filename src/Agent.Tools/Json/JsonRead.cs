using System.Text.Json;

namespace Agent.Tools.Json;

/// <summary>Reads members of JSON that somebody else wrote, which may be of any shape: what is not of the expected one is not there.</summary>
internal static class JsonRead
{
    internal static string? Text(JsonElement element, string key) => Find(element, key, JsonValueKind.String)?.GetString();

    internal static bool? Flag(JsonElement element, string key) =>
        Find(element, key, JsonValueKind.True) is not null ? true
        : Find(element, key, JsonValueKind.False) is not null ? false
        : null;

    /// <summary>The object under a key, or one without members.</summary>
    internal static JsonElement.ObjectEnumerator Members(JsonElement element, string key) => Find(element, key, JsonValueKind.Object)?.EnumerateObject() ?? default;

    /// <summary>The list under a key, or an empty one.</summary>
    internal static JsonElement.ArrayEnumerator Items(JsonElement element, string key) => Find(element, key, JsonValueKind.Array)?.EnumerateArray() ?? default;

    private static JsonElement? Find(JsonElement element, string key, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == kind ? value : null;
}
