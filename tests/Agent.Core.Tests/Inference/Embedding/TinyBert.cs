using System.Runtime.InteropServices;
using Agent.Core.Gguf;
using Agent.Core.Native;
using Agent.Core.Tests.Gguf;

namespace Agent.Core.Tests.Inference.Embedding;

/// <summary>Writes a model of the BERT kind with random weights: two blocks, 32 wide, 64 positions, letters for word pieces.</summary>
internal static class TinyBert
{
    public const int Width = 32;
    public const int Context = 64;

    private const int FeedForward = 64;
    private const int Blocks = 2;

    public static byte[] Write(PoolingType? pooling, Action<GgufBuilder>? more = null, bool hasHead = false, uint separator = 3, float weight = 0.5f)
    {
        var letters = Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString());
        string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. letters.Select(letter => "\u2581" + letter), .. letters];
        var builder = new GgufBuilder()
            .Text("general.architecture", "bert")
            .Text("general.name", "tiny bert")
            .UInt32("bert.block_count", Blocks)
            .UInt32("bert.context_length", Context)
            .UInt32("bert.embedding_length", Width)
            .UInt32("bert.feed_forward_length", FeedForward)
            .UInt32("bert.attention.head_count", 4)
            .Float32("bert.attention.layer_norm_epsilon", 1e-12f)
            .Boolean("bert.attention.causal", false)
            .Text("tokenizer.ggml.model", "bert")
            .Texts("tokenizer.ggml.tokens", tokens)
            .UInt32("tokenizer.ggml.token_type_count", 2)
            .UInt32("tokenizer.ggml.bos_token_id", 2)
            .UInt32("tokenizer.ggml.cls_token_id", 2)
            .UInt32("tokenizer.ggml.seperator_token_id", separator)
            .UInt32("tokenizer.ggml.unknown_token_id", 1)
            .UInt32("tokenizer.ggml.padding_token_id", 0);
        if (pooling is { } how)
        {
            builder.UInt32("bert.pooling_type", (uint)how);
        }

        List<(string Name, int Elements)> tensors = [];
        void Tensor(string name, params long[] dimensions)
        {
            builder.Weight(name, GgmlType.F32, dimensions);
            tensors.Add((name, (int)(dimensions.Aggregate(1L, (product, dimension) => product * dimension) + 7) / 8 * 8));
        }

        void Linear(string name, int inputs, int outputs)
        {
            Tensor($"{name}.weight", inputs, outputs);
            Tensor($"{name}.bias", outputs);
        }

        void Norm(string name)
        {
            Tensor($"{name}.weight", Width);
            Tensor($"{name}.bias", Width);
        }

        Tensor("token_embd.weight", Width, tokens.Length);
        Tensor("token_types.weight", Width, 2);
        Tensor("position_embd.weight", Width, Context);
        Norm("token_embd_norm");
        for (var block = 0; block < Blocks; block++)
        {
            Linear($"blk.{block}.attn_q", Width, Width);
            Linear($"blk.{block}.attn_k", Width, Width);
            Linear($"blk.{block}.attn_v", Width, Width);
            Linear($"blk.{block}.attn_output", Width, Width);
            Norm($"blk.{block}.attn_output_norm");
            Linear($"blk.{block}.ffn_up", Width, FeedForward);
            Linear($"blk.{block}.ffn_down", FeedForward, Width);
            Norm($"blk.{block}.layer_output_norm");
        }

        if (hasHead)
        {
            Linear("cls", Width, Width);
            Linear("cls.output", Width, 1);
        }

        more?.Invoke(builder);
        var bytes = builder.Build();
        var random = new Random(1);
        var data = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(bytes.Length - (tensors.Sum(tensor => tensor.Elements) * sizeof(float))));
        foreach (var (name, elements) in tensors)
        {
            foreach (ref var value in data[..elements])
            {
                value = ValueOf(name, (2 * random.NextSingle()) - 1) * weight;
            }

            data = data[elements..];
        }

        return bytes;
    }

    // Norms that keep what there is, and biases that do not drown it: otherwise all texts would have almost the same vector.
    private static float ValueOf(string name, float random) =>
        name.EndsWith("norm.weight", StringComparison.Ordinal) ? 2
        : name.EndsWith(".bias", StringComparison.Ordinal) ? random / 10
        : random;
}
