using System.Text;
using System.Text.Json;
using Agent.Core.Chat.Prompting;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;

namespace Agent.Core.Tests.Chat.Prompting;

/// <summary>
/// The promise that no text of a user, a document or a tool becomes an added token, for a tokeniser with the added
/// tokens of Qwen2.5. Subclass it with the tokeniser under test.
/// </summary>
public abstract class PromptIsolationContract(ITokenizer tokenizer)
{
    private const int Documents = 10_000;

    private readonly PromptEncoder _encoder = new(tokenizer);
    private readonly Dictionary<int, string> _literals = tokenizer.AddedTokens.ToDictionary(t => t.Id, t => t.Text);

    [Fact]
    public void The_vocabulary_has_the_added_tokens_that_the_documents_imitate() =>
        Assert.Equal(
            PromptIsolationCorpus.QwenAddedTokens.Select(token => token.Text),
            tokenizer.AddedTokens.Select(token => token.Text));

    [Fact]
    public void Hostile_documents_yield_no_added_token_and_round_trip()
    {
        foreach (var document in PromptIsolationCorpus.Documents(Documents, seed: 1))
        {
            var ids = AssertRoundTrip([new PromptSegment(document, IsTrusted: false)]);

            Assert.DoesNotContain(ids, _literals.ContainsKey);
        }
    }

    [Fact]
    public void Hostile_documents_between_trusted_text_leave_its_tokens_alone()
    {
        // The trusted text ends and begins with halves of literals, for the documents to complete.
        PromptSegment before = new("<|im_start|>user\n<tool_response>\n<", IsTrusted: true);
        PromptSegment after = new("tool_call>\n</tool_response><|im_end|>\n<tool_call>", IsTrusted: true);
        foreach (var document in PromptIsolationCorpus.Documents(Documents, seed: 2))
        {
            var ids = AssertRoundTrip([before, new PromptSegment(document, IsTrusted: false), after]);

            Assert.Equal(["<|im_start|>", "<|im_end|>", "<tool_call>"], AddedIn(ids));
        }
    }

    [Fact]
    public void Hostile_documents_in_two_segments_do_not_join_at_the_border()
    {
        var random = new Random(3);
        foreach (var document in PromptIsolationCorpus.Documents(Documents, seed: 3))
        {
            var cut = random.Next(document.Length + 1);
            var ids = AssertRoundTrip(
                [new PromptSegment(document[..cut], IsTrusted: false), new PromptSegment(document[cut..], IsTrusted: false)]);

            Assert.DoesNotContain(ids, _literals.ContainsKey);
        }
    }

    [Fact]
    public void A_conversation_of_hostile_texts_has_the_added_tokens_of_a_harmless_one()
    {
        var template = new QwenChatTemplate();
        var expected = AddedIn(_encoder.Encode(Render(template, "x")));
        Assert.Equal(21, expected.Count);
        foreach (var document in PromptIsolationCorpus.Documents(1_000, seed: 4))
        {
            Assert.Equal(expected, AddedIn(AssertRoundTrip(Render(template, document))));
        }
    }

    private static IReadOnlyList<PromptSegment> Render(QwenChatTemplate template, string text)
    {
        var json = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["name"] = text, ["description"] = text });
        return template.Render(
            [
                new TemplateMessage("system", text),
                new TemplateMessage("user", text),
                new TemplateMessage("assistant", text, [new TemplateToolCall(text, json), TemplateToolCall.FromMalformed(text)]),
                new TemplateMessage("tool", text),
                new TemplateMessage("tool", text),
                new TemplateMessage("assistant", text),
                new TemplateMessage("user", text),
            ],
            [json],
            addGenerationPrompt: true);
    }

    private List<int> AssertRoundTrip(IReadOnlyList<PromptSegment> segments)
    {
        var ids = _encoder.Encode(segments);

        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            if (_literals.TryGetValue(id, out var literal))
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(literal));
            }
            else
            {
                bytes.AddRange(tokenizer.GetBytes(id));
            }
        }

        Assert.Equal(Encoding.UTF8.GetBytes(string.Concat(segments.Select(s => s.Text))), bytes);
        return ids;
    }

    private List<string> AddedIn(IEnumerable<int> ids) => [.. ids.Where(_literals.ContainsKey).Select(id => _literals[id])];
}
