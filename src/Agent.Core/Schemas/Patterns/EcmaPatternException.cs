namespace Agent.Core.Schemas.Patterns;

/// <summary>A pattern holds something that cannot be matched exactly and in linear time. The message completes "because ...".</summary>
internal sealed class EcmaPatternException(string message) : Exception(message);
