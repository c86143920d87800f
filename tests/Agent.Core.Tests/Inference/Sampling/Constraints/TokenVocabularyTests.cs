using Agent.Core.Chat.Client;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling.Constraints;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Inference.Sampling.Constraints;

/// <summary>When the vocabulary is read for constraints, and that the trie over it is in order.</summary>
public sealed class TokenVocabularyTests
{
    [Fact]
    public async Task A_client_reads_its_vocabulary_in_the_background_and_only_once()
    {
        var tokenizer = new Watched();
        await using var engine = await InferenceEngine.StartAsync(() => new FakeDecoderContext(), tokenizer, new EngineOptions(), NullLogger.Instance, TimeProvider.System);
        using var first = new LlamaChatClient(engine, tokenizer, new QwenChatTemplate(), new LlamaChatClientOptions { ModelId = "m" });
        using var second = new LlamaChatClient(engine, tokenizer, new QwenChatTemplate(), new LlamaChatClientOptions { ModelId = "m" });

        // Nobody has asked for it.
        await tokenizer.Read.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Same(TokenVocabulary.Of(tokenizer), TokenVocabulary.Of(tokenizer));
        Assert.Equal(tokenizer.VocabularySize, tokenizer.Asked);
    }

    [Fact]
    public void Those_who_ask_at_once_get_the_same_that_was_built_once()
    {
        var tokenizer = new Watched();
        var seen = new TokenVocabulary[8];

        Parallel.For(0, seen.Length, new ParallelOptions { MaxDegreeOfParallelism = seen.Length }, i => seen[i] = TokenVocabulary.Of(tokenizer));

        Assert.Single(seen.Distinct());
        Assert.Equal(tokenizer.VocabularySize, tokenizer.Asked);
    }

    [Fact]
    public void A_trie_is_in_the_order_of_bytes_then_of_ids()
    {
        var random = new Random(5);
        List<(int Token, ReadOnlyMemory<byte> Bytes)> entries = [.. Enumerable.Range(0, 3000).Select(token =>
        {
            // Zeros, few letters and lengths around eight: many are alike, also as far as their first eight bytes go.
            var bytes = new byte[random.Next(1, 13)];
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)(random.Next(3) switch { 0 => 0, 1 => 255, _ => 97 });
            }

            return (token, (ReadOnlyMemory<byte>)bytes);
        })];
        var byId = entries.ToDictionary(e => e.Token, e => e.Bytes.ToArray());

        var trie = TokenTrie.Build(entries);

        Assert.Equal(byId.Keys.OrderBy(t => byId[t], Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))).ThenBy(t => t), trie.Tokens);
    }

    /// <summary>Counts how many tokens it was asked for.</summary>
    private sealed class Watched : ITokenizer
    {
        private readonly FakeTokenizer _inner = new();
        private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _asked;

        public Task Read => _read.Task;

        public int Asked => Volatile.Read(ref _asked);

        public int VocabularySize => _inner.VocabularySize;

        public IReadOnlyList<AddedToken> AddedTokens => _inner.AddedTokens;

        public void Encode(ReadOnlySpan<char> text, List<int> destination) => _inner.Encode(text, destination);

        public ReadOnlySpan<byte> GetBytes(int token) => _inner.GetBytes(token);

        public bool IsEndOfGeneration(int token)
        {
            if (Interlocked.Increment(ref _asked) == VocabularySize)
            {
                _read.SetResult();
            }

            return _inner.IsEndOfGeneration(token);
        }
    }
}
