using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Native;
using Agent.Host.Benchmarks.Loads;
using Agent.Host.Terminal;
using Agent.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Host.Tests.Benchmarks;

[Collection("program")]
public sealed class LoadShapeTests : IAsyncLifetime
{
    private LlamaModel _vocabulary = null!;
    private PromptSource _source = null!;

    public async Task InitializeAsync()
    {
        var library = LlamaRuntime.Load(new LlamaRuntimeOptions(), NullLogger.Instance);
        _vocabulary = await LlamaModel.LoadVocabularyAsync(library, Repository.QwenVocabulary, NullLogger.Instance);
        _source = new PromptSource(_vocabulary.Tokenizer, seed: 7);
    }

    public Task DisposeAsync()
    {
        _vocabulary.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public void Prompts_are_of_exact_length_hold_no_added_token_and_share_no_beginning()
    {
        var prompts = _source.Prompts(200, 50, _source.Random(1, 1));

        var added = _vocabulary.Tokenizer.AddedTokens.Select(token => token.Id).ToHashSet();
        Assert.All(prompts, prompt => Assert.Equal(50, prompt.Length));
        Assert.DoesNotContain(prompts.SelectMany(prompt => prompt), token => added.Contains(token) || _vocabulary.Tokenizer.IsEndOfGeneration(token));
        Assert.Equal(200, prompts.Select(prompt => prompt[0]).Distinct().Count());
    }

    [Fact]
    public void The_prompt_that_comes_later_begins_like_none_of_those_that_decode()
    {
        var load = new MixedLoad { Decoders = 255, PromptTokens = 1, OutputTokens = 8, NewcomerTokens = 2, Sampling = SamplingOptions.Greedy }.Cases(_source)[0];

        Assert.All(Enumerable.Range(0, 5000), run =>
            Assert.Equal(256, load.Plan(run).Select(client => ((TokenLoadRequest)client.Requests[0]).Prompt[0]).Distinct().Count()));
    }

    [Fact]
    public void Text_has_as_many_tokens_as_were_asked_for()
    {
        var ids = new List<int>();
        _vocabulary.Tokenizer.Encode(_source.Text(500, _source.Random(1, 1)), ids);

        Assert.Equal(500, ids.Count);
    }

    [Fact]
    public void The_same_seed_gives_the_same_prompts_and_each_run_has_its_own()
    {
        var load = new DecodeLoad { Sequences = [4], PromptTokens = 16, OutputTokens = 8, Sampling = SamplingOptions.Greedy };
        var first = Prompts(load.Cases(_source)[0], run: 1);

        Assert.Equal(first, Prompts(load.Cases(new PromptSource(_vocabulary.Tokenizer, seed: 7))[0], run: 1));
        Assert.NotEqual(first, Prompts(load.Cases(_source)[0], run: 2));
        Assert.NotEqual(first, Prompts(load.Cases(new PromptSource(_vocabulary.Tokenizer, seed: 8))[0], run: 1));
    }

    [Fact]
    public void Each_number_of_sequences_is_a_load_that_fits_its_engine()
    {
        var cases = new DecodeLoad { Sequences = [1, 3], PromptTokens = 16, OutputTokens = 8, Sampling = SamplingOptions.Greedy }.Cases(_source);

        Assert.Equal([(1, 1, 24), (3, 3, 24)], cases.Select(load => (load.Sequences, load.Plan(0).Count, load.ContextTokens)));
    }

    [Fact]
    public void A_long_prompt_comes_to_those_that_decode()
    {
        var load = Assert.Single(new MixedLoad { Decoders = 3, PromptTokens = 16, OutputTokens = 40, NewcomerTokens = 500, Sampling = SamplingOptions.Greedy }.Cases(_source));

        Assert.Equal((4, 501, 10), (load.Sequences, load.ContextTokens, load.TokensBeforeNewcomer));
        Assert.Equal([16, 16, 16, 500], Prompts(load, 1).Select(prompt => prompt.Count));
        Assert.Equal([LoadRole.Decoder, LoadRole.Decoder, LoadRole.Decoder, LoadRole.Newcomer], load.Plan(1).Select(client => client.Role));
    }

    [Fact]
    public void Agents_share_system_message_and_tools_to_the_last_token_and_ask_questions_of_their_own()
    {
        var load = Agents(cold: false);

        var chats = load.Plan(1).Select(client => (ChatLoadRequest)client.Requests[0]).ToList();
        Assert.Equal(5, chats.Count);
        Assert.Single(chats.Select(chat => chat.Messages[0].Text).Distinct());
        Assert.Equal(5, chats.Select(chat => chat.Messages[1].Text).Distinct().Count());
        Assert.All(chats, chat => Assert.Same(chats[0].Tools, chat.Tools));
        var length = new PromptLength(_vocabulary.Tokenizer);
        Assert.All(chats, chat =>
        {
            Assert.Equal(1450, length.Count([chat.Messages[0]], chat.Tools, opensAnswer: false));
            Assert.Equal(1510, length.Count(chat.Messages, chat.Tools, opensAnswer: true));
        });
    }

    [Fact]
    public void The_shared_beginning_stays_over_the_runs_unless_each_is_to_be_cold()
    {
        Assert.Equal(SystemMessage(Agents(cold: false), 0), SystemMessage(Agents(cold: false), 3));
        Assert.NotEqual(SystemMessage(Agents(cold: true), 0), SystemMessage(Agents(cold: true), 1));

        static string SystemMessage(LoadCase load, int run) => ((ChatLoadRequest)load.Plan(run)[0].Requests[0]).Messages[0].Text;
    }

    [Fact]
    public void Each_round_goes_on_from_the_one_before()
    {
        var load = Agents(cold: false, rounds: 2);

        var requests = load.Plan(1)[2].Requests.Cast<ChatLoadRequest>().ToList();
        Assert.Equal([2, 4, 6], requests.Select(request => request.Messages.Count));
        Assert.Equal(requests[0].Messages, requests[1].Messages.Take(2));
        Assert.Equal(requests[1].Messages, requests[2].Messages.Take(4));
        var call = Assert.IsType<FunctionCallContent>(requests[1].Messages[2].Contents[0]);
        Assert.Contains(call.Name, requests[1].Tools.Select(tool => tool.Name));
        Assert.Equal(call.CallId, Assert.IsType<FunctionResultContent>(requests[1].Messages[3].Contents[0]).CallId);
        Assert.InRange(new PromptLength(_vocabulary.Tokenizer).Count(requests[2].Messages, requests[2].Tools, opensAnswer: true) + 8, 1700, load.ContextTokens);
    }

    [Fact]
    public void Arrivals_are_seeded_ascend_and_keep_to_the_rate()
    {
        var times = ArrivalTimes.Draw(2000, rate: 50, new Random(3));

        Assert.Equal(times, ArrivalTimes.Draw(2000, rate: 50, new Random(3)));
        Assert.NotEqual(times, ArrivalTimes.Draw(2000, rate: 50, new Random(4)));
        Assert.Equal(TimeSpan.Zero, times[0]);
        Assert.Equal(times, times.Order());
        Assert.InRange(times[^1].TotalSeconds, 36, 44);
        Assert.All(ArrivalTimes.Draw(9, rate: null, new Random(3)), time => Assert.Equal(TimeSpan.Zero, time));
    }

    [Theory]
    [InlineData("temperature 0.7", 0, 1, 0.7f)]
    [InlineData("top-k 40, top-p 0.9, temperature 0.7", 40, 0.9f, 0.7f)]
    [InlineData("greedy", 0, 1, 0f)]
    public void Sampling_is_read_as_it_is_written(string text, int topK, float topP, float temperature)
    {
        var sampling = SamplingText.Parse(text);

        Assert.Equal((topK, topP, temperature), (sampling.TopK, sampling.TopP, sampling.Temperature));
    }

    [Theory]
    [InlineData("warm", "'warm' cannot be read")]
    [InlineData("top-k 4.5, temperature 1", "'top-k 4.5' cannot be read")]
    [InlineData("top-k 40", "without a temperature above 0")]
    [InlineData("temperature 9", "Temperature must be from 0 up to 5.")]
    public void Sampling_that_cannot_be_is_said(string text, string message) => Assert.Contains(message, Assert.Throws<UsageException>(() => SamplingText.Parse(text)).Message, StringComparison.Ordinal);

    private LoadCase Agents(bool cold, int rounds = 0) => Assert.Single(new AgentsLoad
    {
        Agents = 5,
        SharedTokens = 1450,
        OwnTokens = 60,
        Rounds = rounds,
        ResultTokens = 80,
        OutputTokens = 8,
        ArrivalRate = null,
        HasTools = true,
        IsCold = cold,
        Sampling = SamplingOptions.Greedy,
    }.Cases(_source, _vocabulary.Tokenizer));

    private static List<IReadOnlyList<int>> Prompts(LoadCase load, int run) => [.. load.Plan(run).Select(client => ((TokenLoadRequest)client.Requests[0]).Prompt)];
}
