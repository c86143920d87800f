using Agent.Core.Native;

namespace Agent.Core.Gguf;

/// <summary>
/// What a model must have to generate text, or to give a vector for one. Half of these llama.cpp would report itself, in its log; the other half are
/// assertions there, which end the process.
/// </summary>
internal sealed class GenerationCheck
{
    private const string RebuildFix = "Download another build of the model, or convert it again with a current llama.cpp.";

    private static readonly string[] s_ropeScalings = ["none", "linear", "yarn", "longrope"];

    private readonly ModelDescription _model;
    private readonly GgufFile _file;

    private GenerationCheck(ModelDescription model)
    {
        _model = model;
        _file = model.Files[0];
    }

    public static void Run(ModelDescription model, bool generates = true)
    {
        var check = new GenerationCheck(model);
        check.CheckKind(generates);
        check.CheckShape();
        check.CheckAttention();
        check.CheckExperts();
        check.CheckVocabulary();
        check.CheckAlignment();
    }

    private void CheckKind(bool generates)
    {
        if (_model.Architecture is null)
        {
            throw Missing(GgufKeys.Architecture);
        }

        if (!_model.HasWeights)
        {
            throw Fault("the file holds a vocabulary but no weights", "Give the path of a whole model.");
        }

        if (generates && _model.Pooling is not (PoolingType.Unspecified or PoolingType.None))
        {
            throw _model.Pooling == PoolingType.Rank
                ? Fault("this is a reranker, which scores passages and does not generate text", "Give it as the reranking model, and a chat model here.")
                : Fault("this is an embedding model, which does not generate text", "Give it as the embedding model, and a chat model here.");
        }
    }

    private void CheckShape()
    {
        Require(_model.BlockCount, GgufKeys.BlockCount);
        Require(_model.ContextLength, GgufKeys.ContextLength);
        Require(_model.EmbeddingLength, GgufKeys.EmbeddingLength);
        if (Value(GgufKeys.PredictBlockCount) is { } predicting && predicting >= _model.BlockCount)
        {
            throw Fault($"{Key(GgufKeys.PredictBlockCount)} is {predicting}, but the model has only {_model.BlockCount} blocks");
        }
    }

    private void CheckAttention()
    {
        if (_model.HeadCount is not { } heads)
        {
            throw Missing(Key(GgufKeys.HeadCount));
        }

        if (heads.Max == 0)
        {
            throw Fault($"{Key(GgufKeys.HeadCount)} is 0");
        }

        var kvHeads = _model.HeadCountKv!;
        for (var i = 0; i < _model.BlockCount; i++)
        {
            if (kvHeads[i] > 0 && heads[i] % kvHeads[i] != 0)
            {
                throw Fault($"{Key(GgufKeys.HeadCount)} ({heads[i]}) is not a multiple of {Key(GgufKeys.HeadCountKv)} ({kvHeads[i]})");
            }
        }

        Require(_model.KeyLength, GgufKeys.KeyLength);
        Require(_model.ValueLength, GgufKeys.ValueLength);
        if (Value(GgufKeys.RopeDimensions) is { } rotated && (rotated > _model.KeyLength || rotated % 2 != 0))
        {
            throw Fault($"{Key(GgufKeys.RopeDimensions)} is {rotated}; an even number up to the head length ({_model.KeyLength}) is needed");
        }

        if (_model.RopeScaling is { } scaling && !s_ropeScalings.Contains(scaling.Type, StringComparer.Ordinal))
        {
            throw Fault($"{Key(GgufKeys.RopeScalingType)} is {GgufText.Quote(scaling.Type)}; known are {string.Join(", ", s_ropeScalings)}");
        }
    }

    private void CheckExperts()
    {
        var experts = Value(GgufKeys.ExpertCount) ?? 0;
        var groups = Value(GgufKeys.ExpertGroupCount) ?? 0;
        if (experts > GgufLimits.MaxExperts)
        {
            throw Fault($"{Key(GgufKeys.ExpertCount)} is {experts}; at most {GgufLimits.MaxExperts} are possible");
        }

        var used = MaxExpertsUsed();
        if (used > experts || (experts > 0 && used == 0))
        {
            throw Fault($"{Key(GgufKeys.ExpertUsedCount)} is {used}, but the model has {experts} experts");
        }

        if (groups > 0 && groups >= experts)
        {
            throw Fault($"{Key(GgufKeys.ExpertGroupCount)} is {groups}, but the model has {experts} experts");
        }

        if (groups > 1 && (experts % groups != 0 || Value(GgufKeys.ExpertGroupUsedCount) is not > 0 || Value(GgufKeys.ExpertGroupUsedCount) >= groups))
        {
            throw Fault($"{experts} experts in {groups} groups, {Value(GgufKeys.ExpertGroupUsedCount) ?? 0} of them used, do not fit together");
        }
    }

    private long MaxExpertsUsed()
    {
        if (!_file.TryGetArray(Key(GgufKeys.ExpertUsedCount), out var perBlock))
        {
            return Value(GgufKeys.ExpertUsedCount) ?? 0;
        }

        return perBlock.ElementType.IsInteger() && perBlock.Count == _model.BlockCount
            ? perBlock.EnumerateIntegers().Max()
            : throw Fault($"{Key(GgufKeys.ExpertUsedCount)} must have one integer for each of the {_model.BlockCount} blocks");
    }

    private void CheckVocabulary()
    {
        if (_model.TokenizerModel is null)
        {
            throw Missing(GgufKeys.TokenizerModel);
        }

        if (!_file.TryGetArray(GgufKeys.Tokens, out var tokens) || tokens.Count == 0)
        {
            throw Missing(GgufKeys.Tokens);
        }

        if (_model.EosTokenId >= tokens.Count)
        {
            throw Fault($"{GgufKeys.EndToken} is {_model.EosTokenId}, but the vocabulary has {tokens.Count} tokens");
        }

        // Word pieces put these around every text; those that the file does not name have the ids of the first BERT.
        if (_model.TokenizerModel == "bert")
        {
            CheckSpecialToken(_file.Metadata.ContainsKey(GgufKeys.ClassifyToken) ? GgufKeys.ClassifyToken : GgufKeys.BeginToken, 101, tokens.Count);
            CheckSpecialToken(GgufKeys.SeparatorToken, 102, tokens.Count);
            CheckSpecialToken(GgufKeys.UnknownToken, 100, tokens.Count);
        }
    }

    private void CheckSpecialToken(string key, uint otherwise, int tokens)
    {
        var id = otherwise;
        if (_file.Metadata.TryGetValue(key, out var value) && !value.TryGetUInt32(out id))
        {
            throw Fault($"{key} must be of type u32 but is {value.Type.ShortName()}");
        }

        if (id >= tokens)
        {
            throw Fault($"{key} is {id}, but the vocabulary has {tokens} tokens");
        }
    }

    private void CheckAlignment()
    {
        foreach (var part in _model.Files)
        {
            if (part.Tensors.Count > 0 && part.Alignment < GgufLimits.RequiredAlignment)
            {
                throw new GgufFormatException(
                    part.Path, null, $"{GgufKeys.Alignment} is {part.Alignment}; llama.cpp maps only data aligned to {GgufLimits.RequiredAlignment}", RebuildFix);
            }
        }
    }

    private void Require(int? value, string key)
    {
        switch (value)
        {
            case null:
                throw Missing(Key(key));
            case <= 0:
                throw Fault($"{Key(key)} is {value}; at least 1 is needed");
            default:
                return;
        }
    }

    private long? Value(string key)
    {
        if (!_file.Metadata.TryGetValue(Key(key), out var value))
        {
            return null;
        }

        return value.Type == GgufValueType.UInt32 && value.TryGetUInt32(out var number)
            ? number
            : throw Fault($"{Key(key)} must be of type u32 but is {value.Type.ShortName()}");
    }

    private string Key(string key) => $"{_model.Architecture}.{key}";

    private GgufFormatException Missing(string key) => Fault($"the metadata key {GgufText.Quote(key)} is missing", RebuildFix);

    private GgufFormatException Fault(string problem, string fix = RebuildFix) => new(_model.Path, null, problem, fix);
}
