using System.Diagnostics;
using Agent.Core.Gguf;
using Agent.Testing;

namespace Agent.Core.Tests.Gguf;

public class GgufRealFilesTests
{
    [Fact]
    public void The_embedded_model_can_generate()
    {
        var model = ModelDescription.From(GgufFile.Read(Repository.Locate("models", "agent-mini.gguf")));

        model.EnsureCanGenerate();
        Assert.Equal("qwen2", model.Architecture);
        Assert.True(model.ParameterCount > 1_000_000);
        Assert.True(model.KvBytesPerToken(GgmlType.F16, GgmlType.F16) > 0);
        Assert.NotNull(model.ChatTemplate);
        Assert.True(model.FileSize >= model.Files[0].RequiredLength);
    }

    [Fact]
    public void The_qwen_vocabulary_is_described_but_cannot_generate()
    {
        var model = ModelDescription.From(GgufFile.Read(Repository.Locate("tests", "data", "qwen2.5-vocab.gguf")));

        Assert.Equal("qwen2", model.Architecture);
        Assert.Equal(("gpt2", "qwen2"), (model.TokenizerModel, model.TokenizerPre));
        Assert.InRange(model.VocabularySize!.Value, 151_665, 152_064);
        Assert.False(model.HasWeights);
        Assert.Contains("<tool_call>", model.ChatTemplate, StringComparison.Ordinal);
        Assert.Contains("no weights", Assert.Throws<GgufFormatException>(model.EnsureCanGenerate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_of_the_vocabulary_are_read_on_demand()
    {
        var file = GgufFile.Read(Repository.Locate("tests", "data", "qwen2.5-vocab.gguf"));
        Assert.True(file.TryGetArray("tokenizer.ggml.tokens", out var tokens));
        Assert.True(file.TryGetArray("tokenizer.ggml.token_type", out var types));

        var texts = tokens.EnumerateStrings().ToArray();

        Assert.Equal(tokens.Count, texts.Length);
        Assert.Equal("!", texts[0]);
        Assert.Equal("<|im_end|>", texts[151645]);
        Assert.Equal("<tool_call>", texts[151657]);
        Assert.Equal(tokens.Count, types.EnumerateIntegers().Count());
    }

    [Fact]
    public void A_vocabulary_of_152_thousand_tokens_is_checked_at_once()
    {
        var path = Repository.Locate("tests", "data", "qwen2.5-vocab.gguf");
        GgufFile.Read(path);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var start = Stopwatch.GetTimestamp();
            GgufFile.Read(path);
            var took = Stopwatch.GetElapsedTime(start);
            fastest = took < fastest ? took : fastest;
        }

        Assert.InRange(fastest, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - allocated) / 5, 0, 1_000_000);
    }
}
