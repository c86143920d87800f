namespace Agent.Core.Prompts;

/// <summary>A prompt file is missing or not sound. The message names file, line and fix.</summary>
/// <param name="message">What is wrong and how to mend it.</param>
public sealed class PromptFileException(string message) : Exception(message);
