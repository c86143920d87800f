namespace Agent.Core.Tests.Gguf;

/// <summary>Writes LoRA adapters in memory, sound ones for the model that ships with the product by default.</summary>
internal static class AdapterFile
{
    /// <summary>A weight of that model, 512 x 128.</summary>
    public const string Weight = "blk.0.attn_v.weight";

    /// <summary>An adapter on <see cref="Weight"/>; the second half holds the value times something random.</summary>
    public static GgufBuilder Create(float value, int rank = 4, Action<GgufBuilder>? metadata = null)
    {
        var random = new Random(7);
        float[] Values(int count, float factor) => [.. Enumerable.Range(0, count).Select(_ => factor * ((random.NextSingle() * 2) - 1))];
        return Metadata(metadata)
            .Weight($"{Weight}.lora_a", Values(512 * rank, 1), 512, rank)
            .Weight($"{Weight}.lora_b", Values(rank * 128, value), rank, 128);
    }

    /// <summary>The metadata of an adapter; what is given replaces all of it.</summary>
    public static GgufBuilder Metadata(Action<GgufBuilder>? metadata = null)
    {
        var builder = new GgufBuilder();
        if (metadata is not null)
        {
            metadata(builder);
            return builder;
        }

        return builder
            .Text("general.type", "adapter")
            .Text("general.architecture", "qwen2")
            .Text("adapter.type", "lora")
            .Float32("adapter.lora.alpha", 8);
    }
}
