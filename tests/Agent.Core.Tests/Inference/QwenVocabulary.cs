using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Inference;

/// <summary>Qwen2.5's vocabulary, loaded once for all tests; there are no weights in it.</summary>
internal static class QwenVocabulary
{
    private static readonly Lazy<LlamaModel> Loaded = new(() => LlamaModel.LoadVocabularyAsync(
        LlamaRuntime.Load(new LlamaRuntimeOptions(), NullLogger.Instance),
        Repository.QwenVocabulary,
        NullLogger.Instance).GetAwaiter().GetResult());

    public static ITokenizer Tokenizer => Loaded.Value.Tokenizer;
}
