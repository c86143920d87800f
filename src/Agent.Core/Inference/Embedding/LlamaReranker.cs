using Agent.Core.Gguf;
using Agent.Core.Native;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Inference.Embedding;

/// <summary>Scores how well texts answer a query, by a cross-encoder that reads both together. It runs in this process.</summary>
/// <remarks>
/// <para>Thread-safe: the pairs of all calls are computed side by side, in batches, on one thread of its own. Short calls pass long ones.</para>
/// <para>
/// For models of the BERT kind with a classification head (bge-reranker, ms-marco-MiniLM). Nothing leaves the process. The model belongs
/// to the caller and must outlive this.
/// </para>
/// </remarks>
public sealed class LlamaReranker : IDisposable
{
    private const string TemplateKey = "tokenizer.chat_template.rerank";

    // A query, its text, and what stands around them.
    private const int LeastContext = 8;

    private readonly PoolingWorker _worker;
    private readonly ITokenizer _tokenizer;
    private readonly int[] _before;
    private readonly int[] _between;
    private readonly int[] _after;
    private readonly int _room;

    private LlamaReranker(PoolingWorker worker, ITokenizer tokenizer, (int[] Before, int[] Between, int[] After) frame, int room)
    {
        _worker = worker;
        _tokenizer = tokenizer;
        (_before, _between, _after) = frame;
        _room = room;
    }

    /// <summary>Creates the context and computes a first token.</summary>
    /// <param name="model">The model, loaded by <see cref="LlamaModel.LoadForEmbeddingAsync"/>.</param>
    /// <param name="options">Shape and limits.</param>
    /// <param name="logger">Receives failures.</param>
    /// <param name="time">Clock by which the CPU threads are judged. Default: the system's.</param>
    /// <exception cref="ArgumentException">The model is no reranker, or one that needs a prompt of its own.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="LlamaException">llama.cpp could not create the context.</exception>
    public static async Task<LlamaReranker> StartAsync(LlamaModel model, LlamaRerankerOptions options, ILogger logger, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        options.Validate();
        Check(model.Description);

        // All that may fail comes before the worker, whose thread and context somebody would have to end.
        var frame = FrameOf(model);
        var room = PoolingEngine.ContextTokensOf(model, options.ContextTokens) - frame.Before.Length - frame.Between.Length - frame.After.Length;
        if (room < LeastContext / 2)
        {
            throw new ArgumentException("The context leaves no room for a query and a text. Raise ContextTokens.", nameof(options));
        }

        var worker = await PoolingEngine.StartAsync(model, options.Shape, PoolingType.Rank, logger, time ?? TimeProvider.System).ConfigureAwait(false);
        return new LlamaReranker(worker, model.Tokenizer, frame, room);
    }

    /// <summary>Scores texts for a query.</summary>
    /// <param name="query">The query; of a long one, what fits half of the context is read.</param>
    /// <param name="texts">The texts; of a long one, what fits the context beside the query is read.</param>
    /// <param name="cancellationToken">Ends the call; a batch that is being computed is finished for others.</param>
    /// <returns>A score for each text, in order: higher is better, of any size and sign, comparable for one model.</returns>
    /// <exception cref="ArgumentException">A text is null; the message names it.</exception>
    /// <exception cref="EngineException">A pair could not be scored, or the reranker was disposed or has failed.</exception>
    public async Task<IReadOnlyList<float>> ScoreAsync(string query, IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(texts);
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i] is null)
            {
                throw new ArgumentException($"Text {i} is null.", nameof(texts));
            }
        }

        var pairs = await Task.Run(() => Encode(query, texts, cancellationToken), cancellationToken).ConfigureAwait(false);
        var rows = await _worker.ComputeAsync(pairs, cancellationToken).ConfigureAwait(false);
        var scores = new float[rows.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            if (rows[i].Failure is { } failure)
            {
                throw new EngineException($"Text {i} could not be scored. {failure.Message}", failure);
            }

            scores[i] = rows[i].Values![0];
            if (!float.IsFinite(scores[i]))
            {
                throw new EngineException($"Text {i} could not be scored: the model gave what is not a number. Check the model's file.");
            }
        }

        return scores;
    }

    /// <summary>Waits until the batch that runs is over; calls that are not done fail with <see cref="EngineException"/>.</summary>
    public void Dispose() => _worker.Dispose();

    private static (int[] Before, int[] Between, int[] After) FrameOf(LlamaModel model)
    {
        var vocabulary = new NativeVocabulary(model.Native.Handle);
        var frame = SpecialTokenFrame.Of(vocabulary);
        return (frame.Before, vocabulary.ExtraSeparator is { } separator ? [.. frame.After, separator] : frame.After, frame.After);
    }

    private static void Check(ModelDescription model)
    {
        if (model.Pooling != PoolingType.Rank)
        {
            throw new ArgumentException($"'{model.Path}' is no reranker: its file does not say that it gives scores. Give a model that was converted as one.", nameof(model));
        }

        // Without its head, llama.cpp would pass off the first components of a token's vector as scores.
        if (!model.Files.Any(static file => file.Tensors.Any(static tensor => tensor.Name is "cls.weight" or "cls.output.weight")))
        {
            throw new ArgumentException($"'{model.Path}' has no head that scores (cls.weight, cls.output.weight). Give a model that was converted as a reranker.", nameof(model));
        }

        if (model.Files[0].Metadata.ContainsKey(TemplateKey))
        {
            throw new ArgumentException($"'{model.Path}' is a decoder that scores by a prompt of its own, which is not supported. Give a reranker of the BERT kind, for example bge-reranker.", nameof(model));
        }
    }

    private List<int[]> Encode(string query, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        List<int> asked = [];
        _tokenizer.Encode(query, asked);
        int[] head = [.. _before, .. asked.Take(_room / 2), .. _between];
        var room = _room - Math.Min(asked.Count, _room / 2);
        List<int[]> pairs = [];
        List<int> tokens = [];
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tokens.Clear();
            _tokenizer.Encode(text, tokens);
            pairs.Add([.. head, .. tokens.Take(room), .. _after]);
        }

        return pairs;
    }
}
