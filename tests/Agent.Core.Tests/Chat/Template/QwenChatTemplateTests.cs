using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Agent.Core.Chat.Template;

namespace Agent.Core.Tests.Chat.Template;

public sealed class QwenChatTemplateTests
{
    private const string Preamble =
        "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n";

    private readonly QwenChatTemplate _template = new();

    public static TheoryData<string> RenderedCases => [.. QwenTemplateCase.All.Values.Where(c => c.Expected is not null).Select(c => c.Id)];

    public static TheoryData<string> FailingCases => [.. QwenTemplateCase.All.Values.Where(c => c.Expected is null).Select(c => c.Id)];

    [Fact]
    public void The_reference_holds_24_cases_of_which_2_fail()
    {
        Assert.Equal(24, QwenTemplateCase.All.Count);
        Assert.Equal(2, QwenTemplateCase.All.Values.Count(c => c.Expected is null));
    }

    [Theory]
    [MemberData(nameof(RenderedCases))]
    public void Renders_as_the_reference(string id)
    {
        var reference = QwenTemplateCase.All[id];

        var segments = _template.Render(reference.Messages, reference.Tools, reference.AddGenerationPrompt);

        Assert.Equal(reference.Expected, TextOf(segments));
    }

    [Theory]
    [MemberData(nameof(RenderedCases))]
    public void Segments_alternate_and_none_is_empty(string id)
    {
        var reference = QwenTemplateCase.All[id];

        var segments = _template.Render(reference.Messages, reference.Tools, reference.AddGenerationPrompt);

        Assert.All(segments, segment => Assert.NotEqual(0, segment.Text.Length));
        Assert.All(segments.Zip(segments.Skip(1)), pair => Assert.False(pair.First.IsTrusted && pair.Second.IsTrusted));
    }

    [Theory]
    [MemberData(nameof(FailingCases))]
    public void Fails_where_the_reference_fails_naming_the_message(string id)
    {
        var reference = QwenTemplateCase.All[id];
        var index = reference.Messages.ToList().FindIndex(m => m.Content is null);

        var error = Assert.Throws<ArgumentException>(
            () => _template.Render(reference.Messages, reference.Tools, reference.AddGenerationPrompt));

        Assert.StartsWith(
            $"messages[{index}] ({reference.Messages[index].Role}) has no text content; set its content to a string",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("system")]
    [InlineData("user")]
    [InlineData("tool")]
    public void Missing_content_is_an_error_for_every_role_that_renders_it(string role) =>
        Assert.Throws<ArgumentException>(() => _template.Render([new TemplateMessage(role, null)], [], addGenerationPrompt: true));

    [Fact]
    public void No_messages_is_an_error() =>
        Assert.Throws<ArgumentException>(() => _template.Render([], [], addGenerationPrompt: true));

    [Fact]
    public void Wire_arguments_render_as_an_object()
    {
        var call = TemplateToolCall.FromWire("get_weather", "{\"city\":\"Paris\"}");

        Assert.Equal(
            Preamble
            + "<|im_start|>assistant\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call><|im_end|>\n",
            TextOf(_template.Render([new TemplateMessage("assistant", null, [call])], [], addGenerationPrompt: false)));
    }

    [Theory]
    [InlineData(null, "{}")]
    [InlineData("", "{}")]
    [InlineData(" \n", "{}")]
    [InlineData("{\"a\":[1,2.50]}", "{\"a\": [1, 2.5]}")]
    [InlineData("not json", "\"not json\"")]
    [InlineData("{\"a\":", "\"{\\\"a\\\":\"")]
    [InlineData("{\"a\":\"\\ud800\"}", "{\"a\": \"\uFFFD\"}")]
    public void Wire_arguments_keep_what_they_say(string? argumentsText, string expected) =>
        Assert.Equal(expected, PythonJson.Write(TemplateToolCall.FromWire("f", argumentsText).Arguments));

    [Fact]
    public void A_malformed_call_is_rendered_verbatim_and_untrusted()
    {
        const string Raw = "{\"name\": \"f\", oops </tool_call>";

        var segments = _template.Render(
            [new TemplateMessage("assistant", string.Empty, [TemplateToolCall.FromMalformed(Raw)])], [], addGenerationPrompt: false);

        Assert.Equal(Preamble + "<|im_start|>assistant\n<tool_call>\n" + Raw + "\n</tool_call><|im_end|>\n", TextOf(segments));
        Assert.Contains(new PromptSegment(Raw, IsTrusted: false), segments);
    }

    [Fact]
    public void Undefined_arguments_render_as_an_empty_object() =>
        Assert.Contains(
            "\"arguments\": {}}",
            TextOf(_template.Render([new TemplateMessage("assistant", null, [new TemplateToolCall("f", default)])], [], addGenerationPrompt: false)),
            StringComparison.Ordinal);

    [Fact]
    public void Tool_calls_of_other_roles_are_ignored() =>
        Assert.Equal(
            Preamble + "<|im_start|>user\nq<|im_end|>\n",
            TextOf(_template.Render(
                [new TemplateMessage("user", "q", [TemplateToolCall.FromWire("f", "{}")])], [], addGenerationPrompt: false)));

    [Fact]
    public void Everything_that_the_caller_passed_is_untrusted()
    {
        var tool = JsonElement.Parse("""{"name": "TOOL", "description": "DESCRIPTION"}""");

        var segments = _template.Render(
            [
                new TemplateMessage("system", "SYSTEM"),
                new TemplateMessage("user", "USER"),
                new TemplateMessage("assistant", "CONTENT", [TemplateToolCall.FromWire("NAME", "{\"ARGUMENT\": \"VALUE\"}")]),
                new TemplateMessage("tool", "RESULT"),
                new TemplateMessage("assistant", "ANSWER"),
            ],
            [tool],
            addGenerationPrompt: true);

        Assert.Equal(
            [
                "SYSTEM",
                "{\"name\": \"TOOL\", \"description\": \"DESCRIPTION\"}",
                "USER",
                "CONTENT",
                "NAME",
                "{\"ARGUMENT\": \"VALUE\"}",
                "RESULT",
                "ANSWER",
            ],
            segments.Where(s => !s.IsTrusted).Select(s => s.Text));
        Assert.DoesNotMatch("[A-Z]{4}", string.Concat(segments.Where(s => s.IsTrusted).Select(s => s.Text)));
    }

    [Fact]
    public void A_tool_that_nests_too_deep_is_named()
    {
        var deep = JsonElement.Parse(
            new string('[', 65) + new string(']', 65), new JsonDocumentOptions { MaxDepth = 100 });

        var error = Assert.Throws<ArgumentException>(
            () => _template.Render([new TemplateMessage("user", "q")], [JsonElement.Parse("{}"), deep], addGenerationPrompt: true));

        Assert.StartsWith(
            "tools[1] cannot be rendered. The JSON value nests deeper than 64 levels; flatten it.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Recognises_the_template_of_the_reference_vocabulary() =>
        Assert.True(QwenChatTemplate.Matches(ReadReferenceTemplate()));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>{% endfor %}")]
    [InlineData("[INST] {{ messages[0].content }} [/INST]")]
    public void Does_not_recognise_other_templates(string? source) => Assert.False(QwenChatTemplate.Matches(source));

    [Fact]
    public void Does_not_recognise_a_template_with_thinking_blocks() =>
        Assert.False(QwenChatTemplate.Matches(ReadReferenceTemplate() + "{%- if enable_thinking %}<think>{%- endif %}"));

    private static string TextOf(IEnumerable<PromptSegment> segments) => string.Concat(segments.Select(s => s.Text));

    /// <summary>The value after a GGUF key: a four-byte type (8: string), an eight-byte length, the bytes.</summary>
    private static string ReadReferenceTemplate()
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "data", "qwen2.5-vocab.gguf"));
        var key = "tokenizer.chat_template"u8;
        var value = file[(file.IndexOf(key) + key.Length)..];
        Assert.Equal(8u, BinaryPrimitives.ReadUInt32LittleEndian(value));
        var length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(value[4..]));
        return Encoding.UTF8.GetString(value.Slice(12, length));
    }
}
