using System.Text.Json;

namespace Agent.Core.Schemas;

/// <summary>Equality of JSON Schema: 1 and 1.0 are equal, and so are objects that differ in order only.</summary>
/// <remarks>
/// <see cref="JsonElement.DeepEquals"/> would do, but throws on numbers such as 0e99999999999. Values have been scanned:
/// their depth is bounded and no property appears twice.
/// </remarks>
internal sealed class JsonValueComparer : IEqualityComparer<JsonElement>
{
    public static JsonValueComparer Instance { get; } = new();

    public bool Equals(JsonElement x, JsonElement y)
    {
        if (x.ValueKind != y.ValueKind)
        {
            return false;
        }

        return x.ValueKind switch
        {
            JsonValueKind.String => x.ValueEquals(y.GetString()),
            JsonValueKind.Number => ExactNumber.From(x).Compare(ExactNumber.From(y)) == 0,
            JsonValueKind.Array => x.GetArrayLength() == y.GetArrayLength() && x.EnumerateArray().SequenceEqual(y.EnumerateArray(), this),
            JsonValueKind.Object => x.GetPropertyCount() == y.GetPropertyCount() && HaveEqualProperties(x, y),
            _ => true,
        };
    }

    public int GetHashCode(JsonElement obj)
    {
        switch (obj.ValueKind)
        {
            case JsonValueKind.String:
                return StringComparer.Ordinal.GetHashCode(obj.GetString()!);
            case JsonValueKind.Number:
                return ExactNumber.From(obj).Hash();
            case JsonValueKind.Array:
                var ordered = new HashCode();
                foreach (var item in obj.EnumerateArray())
                {
                    ordered.Add(GetHashCode(item));
                }

                return ordered.ToHashCode();
            case JsonValueKind.Object:
                var unordered = 0;
                foreach (var property in obj.EnumerateObject())
                {
                    unordered ^= HashCode.Combine(property.Name, GetHashCode(property.Value));
                }

                return unordered;
            default:
                return (int)obj.ValueKind;
        }
    }

    private bool HaveEqualProperties(JsonElement x, JsonElement y)
    {
        var properties = y.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);
        return x.EnumerateObject().All(property => properties.TryGetValue(property.Name, out var other) && Equals(property.Value, other));
    }
}
