using System.Text;
using Agent.Core.Inference;
using Agent.Core.Inference.Text;

namespace Agent.Core.Tests.Inference.Text;

public class TokenTextDecoderTests
{
    [Fact]
    public void Characters_split_over_tokens_come_out_whole_and_once()
    {
        var decoder = new TokenTextDecoder(new ByteTokenizer());
        var output = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes("a天🌤b"))
        {
            var piece = decoder.Decode(b).ToString();
            Assert.DoesNotContain('\uFFFD', piece);
            Assert.False(piece.Length == 1 && char.IsSurrogate(piece[0]), "half a surrogate pair came out");
            output.Append(piece);
        }

        Assert.Equal("a天🌤b", output.ToString());
    }

    [Fact]
    public void A_character_that_is_never_completed_never_comes_out()
    {
        var decoder = new TokenTextDecoder(new ByteTokenizer());

        Assert.Equal("a", decoder.Decode('a').ToString());
        Assert.Equal(string.Empty, decoder.Decode(0xE5).ToString());
        Assert.Equal(string.Empty, decoder.Decode(0xA4).ToString());
    }

    private sealed class ByteTokenizer : ITokenizer
    {
        private readonly byte[] _bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

        public int VocabularySize => 256;

        public IReadOnlyList<AddedToken> AddedTokens => [];

        public void Encode(ReadOnlySpan<char> text, List<int> destination)
        {
            foreach (var b in Encoding.UTF8.GetBytes(text.ToString()))
            {
                destination.Add(b);
            }
        }

        public ReadOnlySpan<byte> GetBytes(int token) => _bytes.AsSpan(token, 1);

        public bool IsEndOfGeneration(int token) => false;
    }
}
