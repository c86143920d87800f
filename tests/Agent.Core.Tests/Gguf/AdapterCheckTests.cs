using Agent.Core.Gguf;
using Agent.Testing;

namespace Agent.Core.Tests.Gguf;

/// <summary>Adapters that llama.cpp would refuse, and those that would make it abort.</summary>
public sealed class AdapterCheckTests
{
    private const string Weight = AdapterFile.Weight;
    private static readonly ModelDescription Tied = ModelDescription.From(GgufFile.Read(Repository.EmbeddedModel));

    [Fact]
    public void A_sound_adapter_is_described() => Assert.Equal((4, 1, 0), AdapterCheck.Run(AdapterFile.Create(1).Read(), Tied));

    [Fact]
    public void Norms_are_counted_as_not_used() =>
        Assert.Equal((4, 1, 1), AdapterCheck.Run(AdapterFile.Create(1).Weight("blk.0.attn_norm.weight", GgmlType.F32, 512).Read(), Tied));

    public static TheoryData<string, string> WrongMetadata() => new()
    {
        { "", "the metadata key \"general.type\" is missing" },
        { "general.type=model", "general.type is \"model\", and \"adapter\" is needed. Name a LoRA adapter in Agent:Model:Adapters" },
        { "general.type=5", "general.type is 5, and \"adapter\" is needed" },
        { "general.type=adapter", "the metadata key \"adapter.type\" is missing" },
        { "general.type=adapter adapter.type=dora", "adapter.type is \"dora\", and \"lora\" is needed" },
        { "general.type=adapter adapter.type=lora", "the metadata key \"general.architecture\" is missing" },
        { "general.type=adapter adapter.type=lora general.architecture=llama", "general.architecture is \"llama\", and \"qwen2\" is needed. Name an adapter in Agent:Model:Adapters that was trained on this very model" },
        { "general.type=adapter adapter.type=lora general.architecture=qwen2 adapter.lora.alpha=16", "adapter.lora.alpha must be a number of type f32 but is 16 (u32)" },
        { "general.type=adapter adapter.type=lora general.architecture=qwen2 adapter.alora.invocation_tokens=3", "this is an activated LoRA" },
    };

    [Theory]
    [MemberData(nameof(WrongMetadata))]
    public void Metadata_that_is_not_that_of_an_adapter_is_named(string metadata, string problem)
    {
        var file = AdapterFile.Create(1, metadata: builder =>
        {
            foreach (var pair in metadata.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')))
            {
                _ = uint.TryParse(pair[1], out var number) ? builder.UInt32(pair[0], number) : builder.Text(pair[0], pair[1]);
            }
        });

        Refused(file, problem, Tied);
    }

    [Fact]
    public void An_alpha_that_is_no_number_is_refused() =>
        Refused(
            AdapterFile.Create(1, metadata: builder => builder.Text("general.type", "adapter").Text("adapter.type", "lora").Text("general.architecture", "qwen2").Float32("adapter.lora.alpha", float.NaN)),
            "adapter.lora.alpha must be a number",
            Tied);

    public static TheoryData<string, long[], string, long[], string> WrongShapes() => new()
    {
        { Weight, [512, 4], Weight, [4, 127], "has the shapes 512 x 4 and 4 x 127, which do not fit the model's 512 x 128" },
        { Weight, [511, 4], Weight, [4, 128], "has the shapes 511 x 4" },
        { Weight, [512, 4], Weight, [5, 128], "do not fit" },
        { Weight, [512, 4, 2], Weight, [4, 128], "do not fit" },
        { Weight, [512, 4], Weight, [4, 128, 3], "do not fit" },
        { Weight, [512, 4], "blk.1.attn_v.weight", [4, 128], "one half is missing" },
        { "blk.99.attn_v.weight", [512, 4], "blk.99.attn_v.weight", [4, 128], "has no weight \"blk.99.attn_v.weight\"" },
        { "blk.0.attn_v.bias", [128, 4], "blk.0.attn_v.bias", [4, 1], "cannot be changed by a LoRA" },
        { "token_embd.weight", [4, 12288], "token_embd.weight", [4, 512], "which this model also uses as its output" },
    };

    [Theory]
    [MemberData(nameof(WrongShapes))]
    public void Tensors_that_do_not_fit_the_model_are_refused(string nameOfA, long[] a, string nameOfB, long[] b, string problem) =>
        Refused(AdapterFile.Metadata().Weight($"{nameOfA}.lora_a", GgmlType.F32, a).Weight($"{nameOfB}.lora_b", GgmlType.F32, b), problem, Tied);

    [Fact]
    public void Embeddings_may_be_changed_where_the_output_is_another_weight()
    {
        // The vocabulary of the builder's model has 3 tokens, its embeddings 4 numbers.
        var model = GgufBuilder.Model().Weight("output.weight", GgmlType.F32, 4, 3).Describe();

        Assert.Equal((2, 1, 0), AdapterCheck.Run(Embeddings(2).Read(), model));
        Refused(Embeddings(3), "has the shapes 2 x 3 and 3 x 4", model);

        static GgufBuilder Embeddings(long rankOfB) => AdapterFile.Metadata()
            .Weight("token_embd.weight.lora_a", GgmlType.F32, 2, 3)
            .Weight("token_embd.weight.lora_b", GgmlType.F32, rankOfB, 4);
    }

    [Fact]
    public void An_element_type_that_cannot_be_multiplied_is_refused() =>
        Refused(
            AdapterFile.Metadata().Weight($"{Weight}.lora_a", GgmlType.I32, 512, 4).Weight($"{Weight}.lora_b", GgmlType.F32, 4, 128),
            "is of type I32; possible are F32, F16, BF16, Q8_0",
            Tied);

    [Fact]
    public void A_tensor_of_another_kind_is_refused() =>
        Refused(AdapterFile.Create(1).Weight("blk.0.attn_q.weight", GgmlType.F32, 512, 512), "the tensor \"blk.0.attn_q.weight\" is no part of a LoRA", Tied);

    [Fact]
    public void An_adapter_without_weights_is_refused() => Refused(AdapterFile.Metadata(), "the adapter holds no weights", Tied);

    private static void Refused(GgufBuilder file, string problem, ModelDescription model)
    {
        var error = Assert.Throws<GgufFormatException>(() => AdapterCheck.Run(file.Read(), model));

        Assert.StartsWith("test.gguf: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }
}
