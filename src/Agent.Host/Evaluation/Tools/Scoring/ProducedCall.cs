using System.Text.Json;

namespace Agent.Host.Evaluation.Tools.Scoring;

/// <summary>A call that a model wrote.</summary>
/// <param name="Name">The tool; empty where it cannot be read.</param>
/// <param name="Arguments">The arguments; null where they are no JSON object.</param>
/// <param name="RawText">The call as the model wrote it.</param>
internal sealed record ProducedCall(string Name, IReadOnlyDictionary<string, JsonElement>? Arguments, string RawText);
