using System.Globalization;
using System.Text.Json;
using Agent.Core.Names;

namespace Agent.Core.Schemas;

/// <summary>
/// What must hold of any JSON before keywords look at it: bounded depth, text that is text, and no property twice
/// (readers disagree on which of two counts, so a checked value could differ from the used one).
/// </summary>
internal sealed class InstanceScan(int maxDepth, int maxValues)
{
    private readonly List<string> _path = [];
    private int _values;

    /// <summary>Why the value is refused; null if it is sound.</summary>
    public SchemaViolation? Run(JsonElement value)
    {
        try
        {
            return Visit(value, 1);
        }
        catch (InvalidOperationException)
        {
            return Fault("holds half of a surrogate pair (\\ud800 to \\udfff alone), which is not text");
        }
    }

    private SchemaViolation? Visit(JsonElement value, int depth)
    {
        if (++_values > maxValues)
        {
            return Fault($"holds more than {maxValues} values");
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                return null;
            case JsonValueKind.Array or JsonValueKind.Object when depth > maxDepth:
                return Fault($"is nested deeper than {maxDepth} levels");
            case JsonValueKind.Array:
                return VisitItems(value, depth);
            case JsonValueKind.Object:
                return VisitProperties(value, depth);
            default:
                return null;
        }
    }

    private SchemaViolation? VisitItems(JsonElement array, int depth)
    {
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            _path.Add(index++.ToString(CultureInfo.InvariantCulture));
            if (Visit(item, depth + 1) is { } fault)
            {
                return fault;
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return null;
    }

    private SchemaViolation? VisitProperties(JsonElement value, int depth)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            var name = property.Name;
            _path.Add(name);
            if (!names.Add(name))
            {
                return Fault("appears twice in its object");
            }

            if (Visit(property.Value, depth + 1) is { } fault)
            {
                return fault;
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return null;
    }

    private SchemaViolation Fault(string problem)
    {
        var pointer = string.Concat(_path.Select(token => "/" + JsonPointer.Escape(token)));
        return new SchemaViolation(pointer, pointer.Length == 0 ? $"the JSON {problem}" : $"{JsonText.Quote(pointer)} {problem}");
    }
}
