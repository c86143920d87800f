namespace Agent.Core.Gguf;

/// <summary>Metadata keys. Those of a model stand after its architecture and a dot.</summary>
internal static class GgufKeys
{
    public const string Alignment = "general.alignment";
    public const string Architecture = "general.architecture";
    public const string Name = "general.name";
    public const string FileType = "general.file_type";
    public const string SplitIndex = "split.no";
    public const string SplitCount = "split.count";
    public const string SplitTensors = "split.tensors.count";
    public const string TokenizerModel = "tokenizer.ggml.model";
    public const string TokenizerPre = "tokenizer.ggml.pre";
    public const string Tokens = "tokenizer.ggml.tokens";
    public const string EndToken = "tokenizer.ggml.eos_token_id";
    public const string BeginToken = "tokenizer.ggml.bos_token_id";
    public const string ClassifyToken = "tokenizer.ggml.cls_token_id";
    public const string SeparatorToken = "tokenizer.ggml.seperator_token_id";
    public const string UnknownToken = "tokenizer.ggml.unknown_token_id";
    public const string ChatTemplate = "tokenizer.chat_template";

    public const string BlockCount = "block_count";
    public const string PredictBlockCount = "nextn_predict_layers";
    public const string ContextLength = "context_length";
    public const string EmbeddingLength = "embedding_length";
    public const string VocabularySize = "vocab_size";
    public const string HeadCount = "attention.head_count";
    public const string HeadCountKv = "attention.head_count_kv";
    public const string KeyLength = "attention.key_length";
    public const string ValueLength = "attention.value_length";
    public const string RopeDimensions = "rope.dimension_count";
    public const string RopeScalingType = "rope.scaling.type";
    public const string RopeScalingFactor = "rope.scaling.factor";
    public const string RopeScaleLinear = "rope.scale_linear";
    public const string RopeOriginalContext = "rope.scaling.original_context_length";
    public const string PoolingType = "pooling_type";
    public const string ExpertCount = "expert_count";
    public const string ExpertUsedCount = "expert_used_count";
    public const string ExpertGroupCount = "expert_group_count";
    public const string ExpertGroupUsedCount = "expert_group_used_count";
}
