using Agent.Core.Chat.Client;
using Agent.Core.Chat.Prompting;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Chat.Client;

/// <summary>
/// A client over the real engine whose "model" wants to write a script: what it likes best in every step is the script's next token, so that only
/// what forbids that token can change the answer.
/// </summary>
internal sealed class ScriptedModel : IAsyncDisposable
{
    private readonly ITokenizer _tokenizer;
    private readonly List<int> _header = [];
    private readonly List<int> _script = [];
    private InferenceEngine _engine = null!;

    private ScriptedModel(ITokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        _tokenizer.Encode("assistant\n", _header);
    }

    /// <summary>Starts an engine.</summary>
    /// <param name="tokenizer">Its vocabulary.</param>
    /// <param name="script">
    /// The answers, in pieces: a trusted one may hold tags as tokens, any other is written in ordinary tokens, as untrusted text in a prompt is.
    /// </param>
    public static async Task<ScriptedModel> StartAsync(ITokenizer tokenizer, params PromptSegment[] script)
    {
        var model = new ScriptedModel(tokenizer);
        new PromptEncoder(tokenizer).Encode(script, model._script);
        model._engine = await InferenceEngine.StartAsync(
            () => new FakeDecoderContext(tokenizer.VocabularySize, maxSequences: 4, contextPerSequence: 4096, batchCapacity: 4096) { NextToken = model.Next },
            tokenizer,
            new EngineOptions(),
            NullLogger.Instance,
            TimeProvider.System);
        return model;
    }

    /// <summary>Text in ordinary tokens.</summary>
    public static PromptSegment Plain(string text) => new(text, IsTrusted: false);

    /// <summary>Text whose tags are tokens.</summary>
    public static PromptSegment Tagged(string text) => new(text, IsTrusted: true);

    public LlamaChatClient NewClient(bool constrain = true) =>
        new(_engine, _tokenizer, new QwenChatTemplate(), new LlamaChatClientOptions { ModelId = "script", ConstrainToolCalls = constrain });

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private int Next(IReadOnlyList<int> cells)
    {
        var start = _tokenizer.AddedTokens.First(t => t.Text == "<|im_start|>").Id;
        var turn = cells.Count - 1;
        while (turn >= 0 && cells[turn] != start)
        {
            turn--;
        }

        var written = cells.Count - turn - 1 - _header.Count;
        return turn >= 0 && written >= 0 && written < _script.Count ? _script[written] : _tokenizer.AddedTokens.First(t => t.Text == "<|im_end|>").Id;
    }
}
