using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using static Agent.Core.Tests.Inference.FakeEngine;

namespace Agent.Core.Tests.Inference;

/// <summary>How the engine and its generations end, well or not; on a context without llama.cpp.</summary>
public class InferenceEngineEndTests
{
    [Fact]
    public async Task Stopping_fails_what_runs_and_what_waits_and_frees_the_context()
    {
        using var gate = new ManualResetEventSlim();
        var context = new FakeDecoderContext(maxSequences: 1);
        var engine = await StartAsync(context);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        context.BeforeDecode = () =>
        {
            entered.TrySetResult();
            gate.Wait();
        };
        var running = ReadAsync(engine, Prompt(1), 1000, ignoreEnd: true);
        await entered.Task;
        var waiting = ReadAsync(engine, Prompt(2), 3);

        var stopping = engine.DisposeAsync();
        gate.Set();
        await stopping;

        await Assert.ThrowsAsync<EngineException>(() => running);
        await Assert.ThrowsAsync<EngineException>(() => waiting);
        Assert.True(context.IsDisposed);
        Assert.Throws<EngineException>(() => engine.Submit(new GenerationRequest { Prompt = Prompt(1) }));
    }

    [Fact]
    public async Task A_bug_under_the_engine_reaches_every_caller_and_nobody_waits_for_ever()
    {
        var context = new FakeDecoderContext();
        await using var engine = await StartAsync(context);
        context.OnDecode = _ => throw new InvalidOperationException("broken");

        var first = await Assert.ThrowsAsync<EngineException>(() => ReadAsync(engine, Prompt(1), 3));
        var second = await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(engine, Prompt(2), 3));

        Assert.Equal("broken", first.InnerException!.Message);
        Assert.IsType<EngineException>(second);
    }

    [Fact]
    public async Task A_context_that_cannot_be_made_fails_the_start()
    {
        var error = await Assert.ThrowsAsync<LlamaException>(() => InferenceEngine.StartAsync(
            () => throw new LlamaException("no memory"), new FakeTokenizer(), new EngineOptions(), NullLogger.Instance, TimeProvider.System));

        Assert.Equal("no memory", error.Message);
    }

    [Fact]
    public async Task Disposing_a_generation_frees_its_sequence()
    {
        var context = new FakeDecoderContext(maxSequences: 1, vocabularySize: 4096, contextPerSequence: 100_000);
        await using var engine = await StartAsync(context, tokenizer: new FakeTokenizer(4096));
        var generation = engine.Submit(new GenerationRequest { Prompt = Prompt(1), IgnoreEndOfGeneration = true });
        await foreach (var _ in generation.ReadTokensAsync())
        {
            break;
        }

        generation.Dispose();

        // The only sequence is free again, or this would wait for ever.
        Assert.NotNull(await ReadAsync(engine, Prompt(2), 3));
    }

    [Fact]
    public async Task A_reader_that_stops_early_has_a_good_end_and_the_next_round_finds_what_was_computed()
    {
        await using var engine = await StartAsync(new FakeDecoderContext(maxSequences: 1, contextPerSequence: 100_000));
        List<int> conversation = [.. Prompt(1)];
        using (var generation = engine.Submit(new GenerationRequest { Prompt = Prompt(1), IgnoreEndOfGeneration = true }))
        {
            await foreach (var token in generation.ReadTokensAsync())
            {
                conversation.Add(token);
                if (conversation.Count == Prompt(1).Length + 5)
                {
                    generation.Stop();
                    break;
                }
            }
        }

        using var next = engine.Submit(new GenerationRequest { Prompt = [.. conversation, 1, 2], MaxTokens = 1, IgnoreEndOfGeneration = true });
        Assert.Equal(1, await CountAsync(next));
        Assert.InRange(next.CachedTokens, conversation.Count - 1, conversation.Count);
    }
}
