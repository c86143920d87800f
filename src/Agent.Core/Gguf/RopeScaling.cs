namespace Agent.Core.Gguf;

/// <summary>How a model stretches its positions.</summary>
/// <param name="Type"><c>none</c>, <c>linear</c>, <c>yarn</c> or <c>longrope</c>.</param>
/// <param name="Factor">Stretch factor; 1 where the file gives none.</param>
/// <param name="OriginalContextLength">Tokens of context before stretching; null where the file gives none.</param>
public sealed record RopeScaling(string Type, double Factor, int? OriginalContextLength);
