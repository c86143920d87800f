using System.Text.Json;
using Agent.Core.Chat.Template;

namespace Agent.Core.Agents;

/// <summary>
/// JSON as a model reads it best: written as Python's <c>json.dumps(ensure_ascii=False)</c> does, a space behind each comma
/// and colon. Models of the Qwen family were trained on this form, and small ones stumble over any other.
/// </summary>
public static class ToolResultJson
{
    /// <summary>Writes a value.</summary>
    /// <exception cref="ArgumentException">The value nests deeper than 64 levels.</exception>
    public static string Write(JsonElement value) => PythonJson.Write(value);
}
