using System.Globalization;
using System.Text.Json;

namespace Agent.Core.Schemas;

/// <summary>RFC 6901 pointers.</summary>
internal static class JsonPointer
{
    public static string Escape(string token) =>
        token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    public static string Unescape(string token) =>
        token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    public static string Append(string pointer, string token) => $"{pointer}/{Escape(token)}";

    /// <summary>Follows a pointer; false if it leads nowhere.</summary>
    public static bool TryResolve(JsonElement root, string pointer, out JsonElement target)
    {
        target = root;
        if (pointer.Length == 0)
        {
            return true;
        }

        if (pointer[0] != '/')
        {
            return false;
        }

        foreach (var part in pointer[1..].Split('/'))
        {
            var token = Unescape(part);
            switch (target.ValueKind)
            {
                case JsonValueKind.Object when target.TryGetProperty(token, out var property):
                    target = property;
                    break;
                case JsonValueKind.Array when TryReadIndex(token, out var index) && index < target.GetArrayLength():
                    target = target[index];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static bool TryReadIndex(string token, out int index)
    {
        index = 0;
        return (token.Length == 1 || !token.StartsWith('0')) && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
