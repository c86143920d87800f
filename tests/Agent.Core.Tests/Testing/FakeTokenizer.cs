using Agent.Core.Inference;

namespace Agent.Core.Tests.Testing;

/// <summary>A vocabulary of numbers for engine tests: token 0 ends the turn, any other stands for one letter.</summary>
internal sealed class FakeTokenizer(int vocabularySize = 64) : ITokenizer
{
    private readonly byte[][] _pieces = [.. Enumerable.Range(0, vocabularySize).Select(token => token == 0 ? Array.Empty<byte>() : [(byte)('a' + (token % 26))])];

    public int VocabularySize { get; } = vocabularySize;

    public IReadOnlyList<AddedToken> AddedTokens => [];

    public void Encode(ReadOnlySpan<char> text, List<int> destination)
    {
        foreach (var c in text)
        {
            destination.Add(1 + (c % (VocabularySize - 1)));
        }
    }

    public ReadOnlySpan<byte> GetBytes(int token) => _pieces[token];

    public bool IsEndOfGeneration(int token) => token == 0;
}
