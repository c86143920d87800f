namespace Agent.Core.Tests.Chat.Prompting;

public sealed class PairTokenizerIsolationTests() : PromptIsolationContract(PairTokenizer.Qwen);
