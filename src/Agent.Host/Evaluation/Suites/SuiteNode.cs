using System.Text.Json;
using Agent.Core.Names;

namespace Agent.Host.Evaluation.Suites;

/// <summary>A JSON value of a suite with its place; reading it in another form than it has becomes a problem, not an exception.</summary>
/// <param name="element">The value.</param>
/// <param name="place">File and line.</param>
/// <param name="path">The JSON pointer of the value there.</param>
/// <param name="problems">Receives what is wrong.</param>
internal sealed class SuiteNode(JsonElement element, string place, string path, List<SuiteProblem> problems)
{
    /// <summary>The value.</summary>
    public JsonElement Element => element;

    /// <summary>What the value is.</summary>
    public JsonValueKind Kind => element.ValueKind;

    /// <summary>Says what is wrong with the value.</summary>
    public void Report(string message, string fix) => problems.Add(new SuiteProblem(place, path.Length == 0 ? message : $"{path}: {message}", fix));

    /// <summary>Whether it is an object; unknown keys are reported.</summary>
    /// <param name="known">The keys there are; none for an object whose keys are names.</param>
    public bool IsObject(params ReadOnlySpan<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Report($"this is {Describe(element)}", "Write an object in braces");
            return false;
        }

        if (known.Length > 0)
        {
            string[] names = [.. known];
            foreach (var property in element.EnumerateObject().Where(property => !names.Contains(property.Name, StringComparer.Ordinal)))
            {
                Report($"unknown key \"{property.Name}\"", NearestName.Find(property.Name, names) is { } nearest ? $"Did you mean \"{nearest}\"?" : $"The keys are {string.Join(", ", names)}");
            }
        }

        return true;
    }

    /// <summary>A property of an object; null where it is absent or null.</summary>
    public SuiteNode? Find(string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Step(value, name) : null;

    /// <summary>A property that must be there.</summary>
    public SuiteNode? Require(string name, string fix)
    {
        var found = Find(name);
        if (found is null)
        {
            Report($"\"{name}\" is missing", fix);
        }

        return found;
    }

    /// <summary>Whether a case has exactly one of two properties; neither or both are reported.</summary>
    /// <param name="one">A property.</param>
    /// <param name="other">The one that may stand in its place.</param>
    /// <param name="missing">What is said where there is neither.</param>
    /// <param name="fix">What to do then.</param>
    public bool HasOneOf(string one, string other, string missing, string fix)
    {
        var hasOne = Find(one) is not null;
        if (hasOne == Find(other) is null)
        {
            return true;
        }

        Report(hasOne ? $"the case has both \"{one}\" and \"{other}\"" : missing, hasOne ? "Remove one of the two" : fix);
        return false;
    }

    /// <summary>The properties of an object.</summary>
    public IEnumerable<(string Name, SuiteNode Node)> Properties() => element.EnumerateObject().Select(property => (property.Name, Step(property.Value, property.Name)));

    /// <summary>The items of an array; where it is none, that is reported.</summary>
    public IReadOnlyList<SuiteNode> Items()
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return [.. element.EnumerateArray().Select((item, index) => Step(item, $"{index}"))];
        }

        Report($"this is {Describe(element)}", "Write an array in brackets");
        return [];
    }

    /// <summary>The text, if it is one with something in it.</summary>
    public string? Text()
    {
        if (element.ValueKind == JsonValueKind.String && element.GetString() is { } text && !string.IsNullOrWhiteSpace(text))
        {
            return text;
        }

        Report(element.ValueKind == JsonValueKind.String ? "this is empty" : $"this is {Describe(element)}", "Write a string");
        return null;
    }

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "null",
    };

    private SuiteNode Step(JsonElement value, string name) => new(value, place, path.Length == 0 ? JsonPointer.Escape(name) : JsonPointer.Append(path, name), problems);
}
