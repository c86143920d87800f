using System.Text.Json;

namespace Agent.Tools.Registry;

/// <summary>The JSON Schema of a kind's <c>options</c>, kept beside the kind as <c>NAME.options.schema.json</c> and embedded.</summary>
internal static class KindSchema
{
    /// <summary>What takes any mapping.</summary>
    internal static JsonElement Any { get; } = JsonElement.Parse("""{"type":"object"}""");

    /// <summary>Reads the schema of one of the kinds of this assembly.</summary>
    /// <param name="kind">The name of the kind.</param>
    /// <exception cref="InvalidOperationException">There is no such file.</exception>
    internal static JsonElement Load(string kind)
    {
        var name = $"Agent.Tools.{kind}.options.schema.json";
        using var stream = typeof(KindSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing; add {kind}.options.schema.json beside the kind.");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
