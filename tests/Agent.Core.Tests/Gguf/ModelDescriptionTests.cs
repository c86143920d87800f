using Agent.Core.Gguf;
using Agent.Core.Native;

namespace Agent.Core.Tests.Gguf;

public class ModelDescriptionTests
{
    [Fact]
    public void Describes_a_model()
    {
        var model = GgufBuilder.Model()
            .Text("tokenizer.chat_template", "{{ messages }}")
            .Text("qwen2.rope.scaling.type", "yarn")
            .Float32("qwen2.rope.scaling.factor", 4)
            .UInt32("qwen2.rope.scaling.original_context_length", 8192)
            .Describe();

        Assert.Equal("qwen2", model.Architecture);
        Assert.Equal("Test model", model.Name);
        Assert.Equal("Q4_K_M", model.Quantization);
        Assert.Equal(32768, model.ContextLength);
        Assert.Equal(28, model.BlockCount);
        Assert.Equal(3584, model.EmbeddingLength);
        Assert.Equal(28, model.HeadCount!.Max);
        Assert.Equal(4, model.HeadCountKv!.Max);
        Assert.True(model.HeadCountKv.IsUniform);
        Assert.Equal((128, 128), (model.KeyLength, model.ValueLength));
        Assert.Equal(3, model.VocabularySize);
        Assert.Equal(new RopeScaling("yarn", 4, 8192), model.RopeScaling);
        Assert.Equal("{{ messages }}", model.ChatTemplate);
        Assert.Equal(("gpt2", "qwen2"), (model.TokenizerModel, model.TokenizerPre));
        Assert.Equal(2, model.EosTokenId);
        Assert.Equal(PoolingType.Unspecified, model.Pooling);
        Assert.Equal(12, model.ParameterCount);
        Assert.True(model.HasWeights);
        Assert.Equal(model.Files[0].Length, model.FileSize);
        model.EnsureCanGenerate();
    }

    [Fact]
    public void What_the_file_does_not_say_is_null()
    {
        var model = new GgufBuilder().Text("x", "y").Describe();

        Assert.Null(model.Architecture);
        Assert.Null(model.Quantization);
        Assert.Null(model.BlockCount);
        Assert.Null(model.HeadCount);
        Assert.Null(model.HeadCountKv);
        Assert.Null(model.KeyLength);
        Assert.Null(model.VocabularySize);
        Assert.Null(model.RopeScaling);
        Assert.Null(model.ChatTemplate);
        Assert.Null(model.EosTokenId);
        Assert.False(model.HasWeights);
        Assert.Throws<GgufFormatException>(() => model.KvBytesPerToken(GgmlType.F16, GgmlType.F16));
    }

    [Theory]
    [InlineData(GgmlType.F16, GgmlType.F16, 57_344)]
    [InlineData(GgmlType.F32, GgmlType.F32, 114_688)]
    [InlineData(GgmlType.Q8_0, GgmlType.Q8_0, 30_464)]
    [InlineData(GgmlType.Q8_0, GgmlType.F16, 43_904)]
    public void Qwen25_7B_takes_these_bytes_a_token(GgmlType keys, GgmlType values, long expected) =>
        Assert.Equal(expected, GgufBuilder.Model().Describe().KvBytesPerToken(keys, values));

    [Fact]
    public void Heads_may_differ_from_block_to_block()
    {
        var model = GgufBuilder.Model("qwen2", "qwen2.attention.head_count_kv", "qwen2.block_count")
            .UInt32("qwen2.block_count", 3)
            .UInt32s("qwen2.attention.head_count_kv", 4, 0, 2)
            .Describe();

        Assert.Equal((4, 0, 2), (model.HeadCountKv![0], model.HeadCountKv[1], model.HeadCountKv[2]));
        Assert.False(model.HeadCountKv.IsUniform);
        Assert.Equal(6 * 128 * 2 * 2, model.KvBytesPerToken(GgmlType.F16, GgmlType.F16));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.HeadCountKv[3]);
        model.EnsureCanGenerate();
    }

    [Fact]
    public void Heads_without_their_own_key_heads_count_for_both()
    {
        var model = GgufBuilder.Model("qwen2", "qwen2.attention.head_count_kv").Describe();

        Assert.Equal(28, model.HeadCountKv!.Max);
    }

    [Fact]
    public void Head_lengths_of_the_file_win_over_the_quotient()
    {
        var model = GgufBuilder.Model().UInt32("qwen2.attention.key_length", 192).UInt32("qwen2.attention.value_length", 64).Describe();

        Assert.Equal((192, 64), (model.KeyLength, model.ValueLength));
        Assert.Equal(28 * 4 * (192 + 64) * 2, model.KvBytesPerToken(GgmlType.F16, GgmlType.F16));
    }

    [Fact]
    public void A_cache_type_that_does_not_fit_the_head_is_refused()
    {
        var model = GgufBuilder.Model().UInt32("qwen2.attention.key_length", 80).Describe();

        var error = Assert.Throws<ArgumentException>(() => model.KvBytesPerToken(GgmlType.Q8_0, GgmlType.F16));

        Assert.Contains("multiple of 32; this model has 80", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0u, "F32")]
    [InlineData(1u, "F16")]
    [InlineData(7u, "Q8_0")]
    [InlineData(14u, "Q4_K_S")]
    [InlineData(15u, "Q4_K_M")]
    [InlineData(18u, "Q6_K")]
    [InlineData(30u, "IQ4_XS")]
    [InlineData(32u, "BF16")]
    [InlineData(1024u + 7, "Q8_0")]
    [InlineData(99u, "unknown (99)")]
    public void Quantisations_have_the_names_of_file_names(uint type, string expected) =>
        Assert.Equal(expected, GgufBuilder.Model("qwen2", "general.file_type").UInt32("general.file_type", type).Describe().Quantization);

    [Fact]
    public void Without_a_file_type_most_weights_decide()
    {
        var model = GgufBuilder.Model("qwen2", "general.file_type").Weight("w", GgmlType.Q6_K, 256, 2).Describe();

        Assert.Equal("Q6_K", model.Quantization);
    }

    [Fact]
    public void Values_of_the_wrong_type_name_key_and_types()
    {
        Wrong("qwen2.block_count", b => b.Text("qwen2.block_count", "28"), "\"qwen2.block_count\" must be of type u32 but is string");
        Wrong("qwen2.block_count", b => b.UInt32("qwen2.block_count", 0), "qwen2.block_count is 0; 1 to 512");
        Wrong("qwen2.block_count", b => b.UInt32("qwen2.block_count", 513), "qwen2.block_count is 513");
        Wrong("qwen2.context_length", b => b.UInt32("qwen2.context_length", uint.MaxValue), "out of range");
        Wrong("general.name", b => b.UInt32("general.name", 1), "\"general.name\" must be of type string but is u32");
        Wrong("tokenizer.ggml.tokens", b => b.UInt32s("tokenizer.ggml.tokens", 1), "must be an array of texts");
        Wrong("qwen2.attention.head_count_kv", b => b.UInt32s("qwen2.attention.head_count_kv", 1, 2), "has 2 elements, but the model has 28 blocks");
        Wrong("qwen2.attention.head_count_kv", b => b.Texts("qwen2.attention.head_count_kv", "4"), "must be u32 or i32 but are string");
        Wrong("", b => b.Float32("qwen2.rope.scaling.factor", float.NaN), "not a number");
        Wrong("", b => b.UInt32("qwen2.rope.scaling.factor", 4), "must be of type f32 but is u32");
        Wrong("", b => b.UInt32("qwen2.pooling_type", 9), "qwen2.pooling_type is 9");
    }

    [Theory]
    [InlineData("general.architecture")]
    [InlineData("qwen2.block_count")]
    [InlineData("qwen2.context_length")]
    [InlineData("qwen2.embedding_length")]
    [InlineData("qwen2.attention.head_count")]
    [InlineData("tokenizer.ggml.model")]
    [InlineData("tokenizer.ggml.tokens")]
    public void A_missing_key_is_named(string key)
    {
        var error = Assert.Throws<GgufFormatException>(() => GgufBuilder.Model("qwen2", key).Describe().EnsureCanGenerate());

        Assert.Contains($"\"{key}\" is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_cannot_generate_say_why()
    {
        CannotGenerate(GgufBuilder.Model("qwen2", "tensors"), "a vocabulary but no weights");
        CannotGenerate(GgufBuilder.Model().UInt32("qwen2.pooling_type", 3), "embedding model");
        CannotGenerate(GgufBuilder.Model().UInt32("qwen2.pooling_type", 4), "reranker");
        CannotGenerate(GgufBuilder.Model("qwen2", "qwen2.context_length").UInt32("qwen2.context_length", 0), "qwen2.context_length is 0");
        CannotGenerate(GgufBuilder.Model("qwen2", "qwen2.attention.head_count").UInt32("qwen2.attention.head_count", 0), "head_count is 0");
        CannotGenerate(GgufBuilder.Model("qwen2", "tokenizer.ggml.eos_token_id").UInt32("tokenizer.ggml.eos_token_id", 3), "eos_token_id is 3, but the vocabulary has 3 tokens");
        GgufBuilder.Model().UInt32("qwen2.pooling_type", 0).Describe().EnsureCanGenerate();
    }

    [Fact]
    public void Values_that_would_end_the_process_in_native_code_are_refused_first()
    {
        CannotGenerate(GgufBuilder.Model().Text("qwen2.rope.scaling.type", "dynamic"), "\"dynamic\"; known are none, linear, yarn, longrope");
        CannotGenerate(GgufBuilder.Model().UInt32("qwen2.nextn_predict_layers", 28), "nextn_predict_layers is 28");
        CannotGenerate(GgufBuilder.Model().UInt32("qwen2.rope.dimension_count", 256), "rope.dimension_count is 256");
        CannotGenerate(GgufBuilder.Model().UInt32("qwen2.expert_count", 2000), "expert_count is 2000");
        CannotGenerate(GgufBuilder.Model().UInt32("qwen2.expert_count", 8), "expert_used_count is 0, but the model has 8 experts");
        CannotGenerate(GgufBuilder.Model().UInt32("qwen2.expert_count", 8).UInt32("qwen2.expert_used_count", 9), "expert_used_count is 9");
        CannotGenerate(GgufBuilder.Model().UInt32("qwen2.expert_group_count", 1), "expert_group_count is 1");
        CannotGenerate(
            GgufBuilder.Model().UInt32("qwen2.expert_count", 8).UInt32("qwen2.expert_used_count", 2).UInt32("qwen2.expert_group_count", 3),
            "8 experts in 3 groups");
        CannotGenerate(
            GgufBuilder.Model("qwen2", "qwen2.attention.head_count_kv").UInt32("qwen2.attention.head_count_kv", 5),
            "head_count (28) is not a multiple of qwen2.attention.head_count_kv (5)");
        CannotGenerate(new GgufBuilderWithAlignment(8).Model, "general.alignment is 8");
        GgufBuilder.Model()
            .UInt32("qwen2.expert_count", 8).UInt32("qwen2.expert_used_count", 2)
            .UInt32("qwen2.expert_group_count", 4).UInt32("qwen2.expert_group_used_count", 2)
            .Describe().EnsureCanGenerate();
    }

    private static void Wrong(string except, Func<GgufBuilder, GgufBuilder> add, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<GgufFormatException>(() => add(GgufBuilder.Model("qwen2", except)).Describe()).Message,
            StringComparison.Ordinal);

    private static void CannotGenerate(GgufBuilder builder, string expected)
    {
        var model = builder.Describe();

        Assert.Contains(expected, Assert.Throws<GgufFormatException>(model.EnsureCanGenerate).Message, StringComparison.Ordinal);
    }

    private sealed class GgufBuilderWithAlignment
    {
        public GgufBuilderWithAlignment(uint alignment)
        {
            Model = GgufBuilder.Model("qwen2", "tensors").UInt32("general.alignment", alignment);
            Model.Alignment = alignment;
            Model.Weight("token_embd.weight", GgmlType.F32, 4, 3);
        }

        public GgufBuilder Model { get; }
    }
}
