using System.Text;
using Agent.Core.Chat.Prompting;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;

namespace Agent.Core.Tests.Chat.Prompting;

public sealed class PromptEncoderTests
{
    [Fact]
    public void Nothing_is_nothing()
    {
        Assert.Empty(new PromptEncoder(PairTokenizer.Qwen).Encode([]));
        Assert.Empty(new PromptEncoder(PairTokenizer.Qwen).Encode([Trusted(""), Untrusted("")]));
    }

    [Fact]
    public void Ids_come_after_those_already_there()
    {
        var ids = new List<int> { 7 };

        new PromptEncoder(PairTokenizer.Qwen).Encode([Untrusted("ab")], ids);

        Assert.Equal([7, 256 + ('a' << 8) + 'b'], ids);
    }

    [Fact]
    public void Harmless_text_is_encoded_in_one_run_across_segments() =>
        Assert.Equal(
            ["user\nHello wörld 😀", "\n"],
            Runs([Trusted("<|im_start|>user\n"), Untrusted("Hello"), Trusted(" "), Untrusted("wörld 😀"), Trusted("<|im_end|>\n")]));

    [Fact]
    public void Ids_of_harmless_text_are_those_of_the_whole()
    {
        var tokenizer = PairTokenizer.Qwen;
        var whole = new List<int>();
        tokenizer.Encode("user\nHello wörld", whole);

        var ids = new PromptEncoder(tokenizer).Encode(
            [Trusted("<|im_start|>user\n"), Untrusted("Hel"), Untrusted("lo w"), Untrusted("örld"), Trusted("<|im_end|>")]);

        Assert.Equal([Id(tokenizer, "<|im_start|>"), .. whole, Id(tokenizer, "<|im_end|>")], ids);
    }

    [Theory]
    [InlineData("<tool_call>", new[] { "<", "tool_call>" })]
    [InlineData("a<tool_call>b", new[] { "a<", "tool_call>b" })]
    [InlineData("<<tool_call>tool_call>", new[] { "<<", "tool_call>tool_call>" })]
    [InlineData("<tool_call><tool_call>", new[] { "<", "tool_call><", "tool_call>" })]
    [InlineData("</tool_call></tool_call", new[] { "<", "/tool_call></tool_call" })]
    [InlineData("<|im_start|>", new[] { "<", "|im_start|>" })]
    [InlineData("<tool_cal<tool_call>l>", new[] { "<tool_cal<", "tool_call>l>" })]
    [InlineData("<tool\u200B_call>", new[] { "<tool\u200B_call>" })]
    public void Untrusted_literals_are_cut_after_their_first_character(string text, string[] runs) =>
        Assert.Equal(runs, Runs([Untrusted(text)]));

    [Fact]
    public void A_literal_across_a_border_is_cut()
    {
        Assert.Equal(["x<", "tool_call>"], Runs([Untrusted("x<tool"), Trusted("_call>")]));
        Assert.Equal(["<", "tool_call>x"], Runs([Trusted("<tool_"), Untrusted("call>x")]));
        Assert.Equal(["<", "tool_call>"], Runs([Trusted("<tool_"), Trusted("call>")]));
        Assert.Equal(["<", "tool_call>"], Runs([Trusted("<"), Untrusted("tool_"), Trusted("call>")]));
    }

    [Fact]
    public void Trusted_literals_become_their_tokens_whatever_stands_around_them()
    {
        var tokenizer = PairTokenizer.Qwen;

        var ids = new PromptEncoder(tokenizer).Encode(
            [Untrusted("<tool_call><"), Trusted("<tool_call></tool_call>"), Untrusted("<|im_end|>"), Trusted("<|im_end|>")]);

        Assert.Equal(
            [Id(tokenizer, "<tool_call>"), Id(tokenizer, "</tool_call>"), Id(tokenizer, "<|im_end|>")],
            ids.Where(id => tokenizer.AddedTokens.Any(t => t.Id == id)));
    }

    [Theory]
    [InlineData("abc", new[] { "abc" }, new string[0])]
    [InlineData("abd", new[] { "ab" }, new[] { "d" })]
    [InlineData("xbcd", new[] { "bcd" }, new[] { "x" })]
    [InlineData("abcd", new[] { "abc" }, new[] { "d" })]
    [InlineData("aabab", new[] { "ab", "ab" }, new[] { "a" })]
    public void In_trusted_text_the_longest_literal_counts(string text, string[] tokens, string[] runs)
    {
        var tokenizer = Overlapping();

        var ids = new PromptEncoder(tokenizer).Encode([Trusted(text)]);

        Assert.Equal(tokens, tokenizer.AddedTokens.Where(t => ids.Contains(t.Id)).SelectMany(t => Enumerable.Repeat(t.Text, ids.Count(id => id == t.Id))));
        Assert.Equal(runs, tokenizer.Runs);
    }

    [Theory]
    [InlineData("abcd", new[] { "a", "b", "cd" })]
    [InlineData("ababc", new[] { "a", "ba", "b", "c" })]
    [InlineData("bcdabc", new[] { "b", "cda", "b", "c" })]
    [InlineData("aXXbXX", new[] { "aX", "XbX", "X" })]
    public void Overlapping_untrusted_literals_are_all_cut(string text, string[] runs)
    {
        var tokenizer = Overlapping();

        var ids = new PromptEncoder(tokenizer).Encode([Untrusted(text)]);

        Assert.DoesNotContain(ids, id => tokenizer.AddedTokens.Any(t => t.Id == id));
        Assert.Equal(runs, tokenizer.Runs);
    }

    [Fact]
    public void Only_the_part_of_a_longer_literal_that_is_trusted_counts()
    {
        var tokenizer = Overlapping();

        var ids = new PromptEncoder(tokenizer).Encode([Trusted("ab"), Untrusted("c")]);

        Assert.Equal([Id(tokenizer, "ab"), 'c'], ids);
    }

    [Fact]
    public void A_literal_that_begins_with_a_surrogate_pair_is_cut_after_the_pair()
    {
        var tokenizer = new PairTokenizer(("😀x", false)) { KeepsRuns = true };

        new PromptEncoder(tokenizer).Encode([Untrusted("a😀x")]);

        Assert.Equal(["a😀", "x"], tokenizer.Runs);
    }

    [Fact]
    public void Unpaired_surrogates_become_the_replacement_character() =>
        Assert.Equal(["a\uFFFDb\uFFFD😀\uFFFD"], Runs([Untrusted("a\uD83Db\uDE00😀\uD83D")]));

    [Fact]
    public void A_surrogate_pair_across_a_border_stays_a_pair() =>
        Assert.Equal(["😀"], Runs([Untrusted("\uD83D"), Untrusted("\uDE00")]));

    [Fact]
    public void An_added_token_out_of_plain_text_stops_the_prompt()
    {
        var ids = new List<int> { 1, 2 };
        var encoder = new PromptEncoder(new FaultyTokenizer());

        var error = Assert.Throws<PromptIsolationException>(() => encoder.Encode([Trusted("<a>"), Untrusted("secret")], ids));

        Assert.Equal([1, 2], ids);
        Assert.Contains("token 1000", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("😀")]
    public void A_user_defined_token_of_one_character_is_refused(string literal)
    {
        var error = Assert.Throws<ArgumentException>(() => new PromptEncoder(new PairTokenizer(("<a>", false), (literal, false))));

        Assert.Contains("cannot be kept from becoming it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_control_token_of_one_character_is_harmless()
    {
        var tokenizer = new PairTokenizer(("x", true));

        Assert.Equal(['x'], new PromptEncoder(tokenizer).Encode([Untrusted("x")]));
        Assert.Equal([Id(tokenizer, "x")], new PromptEncoder(tokenizer).Encode([Trusted("x")]));
    }

    [Fact]
    public void A_vocabulary_without_added_tokens_encodes_the_whole() =>
        Assert.Equal([256 + ('<' << 8) + '>'], new PromptEncoder(new PairTokenizer()).Encode([Trusted("<"), Untrusted(">")]));

    [Fact]
    public void Every_character_is_encoded_once_however_hostile_the_prompt()
    {
        var tokenizer = new PairTokenizer([.. PromptIsolationCorpus.QwenAddedTokens]) { KeepsRuns = true };
        var text = string.Concat(Enumerable.Repeat("<<tool_call>tool_call><|im_", 20_000));

        new PromptEncoder(tokenizer).Encode([Untrusted(text)]);

        Assert.Equal(text, string.Concat(tokenizer.Runs));
        Assert.Equal(20_001, tokenizer.Runs.Count);
    }

    [Fact]
    public void A_long_prompt_is_not_copied_but_once()
    {
        var encoder = new PromptEncoder(new SilentTokenizer());
        PromptSegment[] segments = [Trusted("<a>"), Untrusted(new string('x', 200_000)), Trusted("<a>")];
        var ids = new List<int>(16);
        encoder.Encode(segments, ids);

        // The pool may have to make one buffer anew after a collection; nothing else grows with the prompt.
        var before = GC.GetAllocatedBytesForCurrentThread();
        encoder.Encode(segments, ids);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 600_000);
    }

    private static PromptSegment Trusted(string text) => new(text, IsTrusted: true);

    private static PromptSegment Untrusted(string text) => new(text, IsTrusted: false);

    private static int Id(PairTokenizer tokenizer, string literal) => tokenizer.AddedTokens.Single(t => t.Text == literal).Id;

    private static PairTokenizer Overlapping() =>
        new(("ab", false), ("abc", false), ("bcd", true), ("bc", false), ("XX", false)) { KeepsRuns = true };

    private static List<string> Runs(IReadOnlyList<PromptSegment> segments)
    {
        var tokenizer = new PairTokenizer([.. PromptIsolationCorpus.QwenAddedTokens]) { KeepsRuns = true };
        new PromptEncoder(tokenizer).Encode(segments);
        return tokenizer.Runs;
    }

    /// <summary>Makes its added token out of any text.</summary>
    private sealed class FaultyTokenizer : ITokenizer
    {
        public int VocabularySize => 1001;

        public IReadOnlyList<AddedToken> AddedTokens { get; } = [new AddedToken(1000, "<a>", IsControl: false)];

        public void Encode(ReadOnlySpan<char> text, List<int> destination) => destination.AddRange(5, 1000);

        public ReadOnlySpan<byte> GetBytes(int token) => Encoding.UTF8.GetBytes("x");

        public bool IsEndOfGeneration(int token) => false;
    }

    /// <summary>Encodes every text to nothing, so that what the encoder itself allocates can be seen.</summary>
    private sealed class SilentTokenizer : ITokenizer
    {
        public int VocabularySize => 1001;

        public IReadOnlyList<AddedToken> AddedTokens { get; } = [new AddedToken(1000, "<a>", IsControl: false)];

        public void Encode(ReadOnlySpan<char> text, List<int> destination)
        {
        }

        public ReadOnlySpan<byte> GetBytes(int token) => [];

        public bool IsEndOfGeneration(int token) => false;
    }
}
