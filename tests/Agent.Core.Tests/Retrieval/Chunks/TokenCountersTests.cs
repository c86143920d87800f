using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Core.Retrieval.Chunks;
using Agent.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Retrieval.Chunks;

[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "xunit disposes through IAsyncLifetime.")]
public sealed class TokenCountersTests : IAsyncLifetime
{
    private LlamaModel _model = null!;

    public async Task InitializeAsync() =>
        _model = await LlamaModel.LoadVocabularyAsync(LlamaRuntime.Load(new LlamaRuntimeOptions(), NullLogger.Instance), Repository.EmbeddedModel, NullLogger.Instance);

    public Task DisposeAsync()
    {
        _model.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/tools.md")]
    [InlineData("docs/sql.md")]
    [InlineData("prompts/system.zh.md")]
    [InlineData("tools.yaml")]
    public void Words_add_up_to_the_tokens_of_the_whole(string file)
    {
        var text = File.ReadAllText(Repository.Locate(file.Split('/')));
        var whole = new List<int>();
        _model.Tokenizer.Encode(text, whole);
        var count = TokenCounters.Of(_model.Tokenizer);

        Assert.InRange(count(text), whole.Count * 0.98, whole.Count * 1.02);
        Assert.Equal(count(text), count(text));
    }

    [Fact]
    public void Odd_texts_are_counted_within_a_few_tokens()
    {
        var count = TokenCounters.Of(_model.Tokenizer);
        Assert.Equal(0, count(string.Empty));
        foreach (var text in new[] { " ", "   ", "\n\n", "a", " a", "1234", "e\u0301a", "\uD83D\uDE00\uD83D\uDE00 ok", "\uD800", new string('x', 500), "don't-stop  now,  (please)!", "水泵 每月加油。\n\n二" })
        {
            var whole = new List<int>();
            _model.Tokenizer.Encode(text, whole);
            Assert.InRange(count(text), whole.Count - 2, whole.Count + 2);
        }
    }

    [Fact]
    public void Another_vocabulary_has_another_name() => Assert.NotEqual(TokenCounters.NameOf(_model.Tokenizer), TokenCounters.NameOf(Inference.QwenVocabulary.Tokenizer));
}
