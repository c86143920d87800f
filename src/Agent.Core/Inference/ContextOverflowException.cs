namespace Agent.Core.Inference;

/// <summary>A prompt does not fit the context. Thrown before any work is done.</summary>
/// <param name="promptTokens">Tokens of the prompt.</param>
/// <param name="contextTokens">Tokens that the context of one sequence holds.</param>
public sealed class ContextOverflowException(int promptTokens, int contextTokens)
    : Exception($"The prompt has {promptTokens:N0} tokens and the context holds {contextTokens:N0}, one of which the answer needs. Shorten the conversation or the tool list, or choose a larger Agent:Engine:Profile.")
{
    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens { get; } = promptTokens;

    /// <summary>Tokens that the context of one sequence holds.</summary>
    public int ContextTokens { get; } = contextTokens;
}
