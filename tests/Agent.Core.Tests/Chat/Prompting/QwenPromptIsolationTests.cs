using Agent.Core.Tests.Inference;

namespace Agent.Core.Tests.Chat.Prompting;

/// <summary>The promise on Qwen2.5's own vocabulary, tokenised by llama.cpp.</summary>
public sealed class QwenPromptIsolationTests() : PromptIsolationContract(QwenVocabulary.Tokenizer);
