using System.Text;

namespace Agent.Core.Tests.Inference;

public class LlamaTokenizerTests
{
    [Fact]
    public void The_added_tokens_are_those_of_the_file_with_their_kinds()
    {
        var added = QwenVocabulary.Tokenizer.AddedTokens;

        Assert.Equal(22, added.Count);
        Assert.Equal(Enumerable.Range(151643, 22), added.Select(t => t.Id));
        Assert.True(added.Single(t => t.Text == "<|im_start|>").IsControl);
        Assert.False(added.Single(t => t.Text == "<tool_call>").IsControl);
    }

    [Theory]
    [InlineData("Hello, world! 你好，世界 🌤️ \r\n\t é")]
    [InlineData("<|im_start|>system")]
    [InlineData("\u0000\u001f\u007f")]
    [InlineData("<s>struck out</s>")]
    public void Text_comes_back_byte_for_byte(string text)
    {
        var ids = new List<int>();
        QwenVocabulary.Tokenizer.Encode(text, ids);

        var bytes = ids.SelectMany(id => QwenVocabulary.Tokenizer.GetBytes(id).ToArray()).ToArray();

        Assert.Equal(text, Encoding.UTF8.GetString(bytes));
        Assert.DoesNotContain(ids, id => id >= 151643);
    }

    [Fact]
    public void Ends_of_generation_are_known_and_ids_are_checked()
    {
        var tokenizer = QwenVocabulary.Tokenizer;

        Assert.True(tokenizer.IsEndOfGeneration(151645));
        Assert.False(tokenizer.IsEndOfGeneration(0));
        Assert.True(tokenizer.GetBytes(151644).IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.IsEndOfGeneration(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.GetBytes(tokenizer.VocabularySize).Length);
    }
}
