using System.Text.Json;
using Agent.Core.Tests.Inference;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Chat.Client.ScriptedModel;

namespace Agent.Core.Tests.Chat.Client;

/// <summary>A response that is read again is asked for again, and held to the same form.</summary>
public sealed class RepeatedResponseTests
{
    private static readonly AIFunctionDeclaration Time = AIFunctionFactory.CreateDeclaration("get_time", "Tells the time", JsonElement.Parse("""{"type":"object","properties":{}}"""u8));

    [Fact]
    public async Task An_answer_of_json_is_the_same_each_time()
    {
        const string Answer = """{"a": [1, 2]}""";
        await using var model = await StartAsync(QwenVocabulary.Tokenizer, Plain(Answer + " and what is no JSON"));
        using var client = model.NewClient();
        var response = client.GetStreamingResponseAsync("Hi", new ChatOptions { ResponseFormat = ChatResponseFormat.Json });

        Assert.Equal(Answer, (await response.ToChatResponseAsync()).Text);
        Assert.Equal(Answer, (await response.ToChatResponseAsync()).Text);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => response.ToChatResponseAsync())), r => Assert.Equal(Answer, r.Text));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_demanded_call_names_a_tool_on_offer_each_time(bool constrain)
    {
        await using var model = await StartAsync(QwenVocabulary.Tokenizer);
        using var client = model.NewClient(constrain);
        var date = AIFunctionFactory.CreateDeclaration("get_date", "Tells the date", Time.JsonSchema);
        var response = client.GetStreamingResponseAsync("Hi", new ChatOptions { Tools = [Time, date], ToolMode = ChatToolMode.RequireAny, MaxOutputTokens = 60 });

        var first = Written(await response.ToChatResponseAsync());

        Assert.Contains("\"name\": \"get_", first, StringComparison.Ordinal);
        Assert.Equal(first, Written(await response.ToChatResponseAsync()));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => response.ToChatResponseAsync())), r => Assert.Equal(first, Written(r)));
    }

    [Fact]
    public async Task An_answer_of_json_cannot_ignore_its_end()
    {
        await using var model = await StartAsync(QwenVocabulary.Tokenizer, Plain("{}"));
        using var client = model.NewClient();
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.Json, AdditionalProperties = new() { ["ignore_eos"] = true } };

        var error = Assert.Throws<NotSupportedException>(() => { client.GetStreamingResponseAsync("Hi", options); });

        Assert.Contains("ChatOptions.AdditionalProperties[\"ignore_eos\"]", error.Message, StringComparison.Ordinal);
        Assert.Contains("ChatOptions.ResponseFormat", error.Message, StringComparison.Ordinal);
        options.AdditionalProperties["ignore_eos"] = false;
        Assert.Equal("{}", (await client.GetResponseAsync("Hi", options)).Text);
    }

    private static string Written(ChatResponse response) =>
        response.Text + string.Concat(response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Select(c => c.RawRepresentation));
}
