using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Agent.Core.Chat.Template;

/// <summary>Writes the CLR arguments of a tool call in the form of <see cref="PythonJson"/>.</summary>
/// <remarks>
/// A double keeps its nature: 1.0 is written <c>1.0</c>, where System.Text.Json writes <c>1</c>. A decimal is written
/// as the same digits read from JSON would be. Types that are not JSON-like go through System.Text.Json with the
/// defaults of Microsoft.Extensions.AI.
/// </remarks>
internal static class PythonJsonArguments
{
    /// <summary>Writes arguments as one JSON object; null means no arguments.</summary>
    /// <exception cref="ArgumentException">A value is NaN or infinite, nests too deep or cannot be serialised.</exception>
    public static string Write(IEnumerable<KeyValuePair<string, object?>>? arguments)
    {
        if (arguments is null)
        {
            return "{}";
        }

        var output = new StringBuilder();
        AppendObject(output, arguments, PythonJson.CheckedDepth(0));
        return output.ToString();
    }

    /// <summary>Arguments as a JSON element that renders to the text of <see cref="Write"/>.</summary>
    /// <exception cref="ArgumentException">A value is NaN or infinite, nests too deep or cannot be serialised.</exception>
    public static JsonElement ToElement(IEnumerable<KeyValuePair<string, object?>>? arguments) =>
        ModelJson.Parse(Write(arguments));

    private static void Append(StringBuilder output, object? value, int depth)
    {
        switch (value)
        {
            case null or JsonElement { ValueKind: JsonValueKind.Undefined }:
                output.Append("null");
                break;
            case JsonElement element:
                PythonJson.Append(output, element, depth);
                break;
            case JsonDocument document:
                PythonJson.Append(output, document.RootElement, depth);
                break;
            case JsonValue node:
                // The boxed value tells a double from a number that was parsed; serialising the node would not.
                AppendNodeValue(output, node, depth);
                break;
            case string text:
                PythonJson.AppendString(output, text);
                break;
            case bool truth:
                output.Append(truth ? "true" : "false");
                break;
            case double number:
                RequireFinite(double.IsFinite(number));
                PythonFloat.Append(output, number);
                break;
            case float number:
                RequireFinite(float.IsFinite(number));
                PythonFloat.Append(output, number);
                break;
            case Half number:
                RequireFinite(Half.IsFinite(number));
                PythonFloat.Append(output, (float)number);
                break;
            case decimal number:
                PythonJson.AppendNumber(output, number.ToString(CultureInfo.InvariantCulture));
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or nint or nuint or Int128 or UInt128 or BigInteger:
                output.Append(((IFormattable)value).ToString("D", CultureInfo.InvariantCulture));
                break;
            case IEnumerable<KeyValuePair<string, object?>> properties:
                AppendObject(output, properties, PythonJson.CheckedDepth(depth));
                break;
            case JsonObject properties:
                AppendObject(output, properties.Select(p => KeyValuePair.Create(p.Key, (object?)p.Value)), PythonJson.CheckedDepth(depth));
                break;
            case IDictionary properties when properties.Keys.Cast<object>().All(key => key is string):
                AppendObject(
                    output,
                    properties.Keys.Cast<string>().Select(name => KeyValuePair.Create(name, properties[name])),
                    PythonJson.CheckedDepth(depth));
                break;
            case IList items and not byte[]:
                AppendArray(output, items, PythonJson.CheckedDepth(depth));
                break;
            case IEnumerable<object?> items:
                AppendArray(output, items, PythonJson.CheckedDepth(depth));
                break;
            default:
                PythonJson.Append(output, Serialize(value), depth);
                break;
        }
    }

    private static void AppendNodeValue(StringBuilder output, JsonValue node, int depth)
    {
        var value = node.GetValue<object>();
        Append(output, value is JsonValue ? Serialize(value) : value, depth);
    }

    private static void AppendObject(StringBuilder output, IEnumerable<KeyValuePair<string, object?>> properties, int depth)
    {
        output.Append('{');
        var first = true;
        foreach (var (name, value) in properties)
        {
            output.Append(first ? string.Empty : ", ");
            first = false;
            PythonJson.AppendString(output, name);
            output.Append(": ");
            Append(output, value, depth);
        }

        output.Append('}');
    }

    private static void AppendArray(StringBuilder output, IEnumerable items, int depth)
    {
        output.Append('[');
        var first = true;
        foreach (var item in items)
        {
            output.Append(first ? string.Empty : ", ");
            first = false;
            Append(output, item, depth);
        }

        output.Append(']');
    }

    private static JsonElement Serialize(object value)
    {
        try
        {
            return JsonSerializer.SerializeToElement(value, value.GetType(), AIJsonUtilities.DefaultOptions);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new ArgumentException(
                $"An argument of type {value.GetType()} cannot be written as JSON; pass a JsonElement instead. {e.Message}", e);
        }
    }

    private static void RequireFinite(bool isFinite)
    {
        if (!isFinite)
        {
            throw new ArgumentException("An argument is NaN or infinite, which JSON cannot express; pass null or a string instead.");
        }
    }
}
