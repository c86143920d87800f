using System.Text.Json;

namespace Agent.Host.Evaluation.Tools.Scoring;

/// <summary>A call that a case wants.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">The expected values.</param>
/// <param name="Alternatives">Other values that are right too; null among them means that the argument may be left out.</param>
internal sealed record ExpectedCall(
    string Name,
    IReadOnlyDictionary<string, JsonElement> Arguments,
    IReadOnlyDictionary<string, IReadOnlyList<JsonElement>> Alternatives)
{
    /// <summary>Whether a call is this one: its name, and each argument that either of them or the alternatives name.</summary>
    public bool IsMetBy(ProducedCall call)
    {
        if (call.Arguments is not { } given || !string.Equals(call.Name, Name, StringComparison.Ordinal))
        {
            return false;
        }

        return given.Keys.Concat(Arguments.Keys).Concat(Alternatives.Keys).Distinct(StringComparer.Ordinal).All(name =>
        {
            var value = given.GetValueOrDefault(name, ArgumentValue.Absent);
            return ArgumentValue.AreSame(value, Arguments.GetValueOrDefault(name, ArgumentValue.Absent))
                || (Alternatives.TryGetValue(name, out var others) && others.Any(other => ArgumentValue.AreSame(value, other)));
        });
    }
}
