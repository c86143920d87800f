using System.Globalization;

namespace Agent.Core.Gguf;

/// <summary>
/// What a LoRA adapter must have to be put on a model. Half of these llama.cpp would report itself, in its log; the other half are assertions
/// there, which end the process: at the load, or at the first step.
/// </summary>
internal sealed class AdapterCheck
{
    private const string KindFix = "Name a LoRA adapter in Agent:Model:Adapters; convert_lora_to_gguf.py of llama.cpp makes one.";
    private const string ConvertFix = "Convert the adapter again with convert_lora_to_gguf.py of llama.cpp.";
    private const string ModelFix = "Name an adapter in Agent:Model:Adapters that was trained on this very model, or remove it.";
    private const string Embeddings = "token_embd.weight";
    private const string Output = "output.weight";
    private const string SuffixA = ".lora_a", SuffixB = ".lora_b";
    private static readonly GgmlType[] s_types = [GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0];

    private readonly GgufFile _adapter;
    private readonly ModelDescription _model;
    private readonly Dictionary<string, GgufTensorInfo> _weights;

    private AdapterCheck(GgufFile adapter, ModelDescription model)
    {
        _adapter = adapter;
        _model = model;
        _weights = model.Files.SelectMany(file => file.Tensors).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>Checks an adapter against the model it is for.</summary>
    /// <returns>The greatest rank, how many weights it changes, and how many of its tensors llama.cpp leaves aside.</returns>
    /// <exception cref="GgufFormatException">It is none, or of another model; the message names what and the fix.</exception>
    public static (int Rank, int Weights, int Ignored) Run(GgufFile adapter, ModelDescription model)
    {
        var check = new AdapterCheck(adapter, model);
        check.CheckKind();
        return check.CheckTensors();
    }

    private void CheckKind()
    {
        RequireText("general.type", "adapter", KindFix);
        RequireText("adapter.type", "lora", KindFix);
        RequireText(GgufKeys.Architecture, _model.Architecture!, ModelFix);
        if (_adapter.Split is not null)
        {
            throw Fault("an adapter in several files cannot be loaded", ConvertFix);
        }

        const string Alpha = "adapter.lora.alpha";
        if (_adapter.Metadata.TryGetValue(Alpha, out var alpha)
            && !(alpha.Type == GgufValueType.Float32 && alpha.TryGetDouble(out var value) && double.IsFinite(value)))
        {
            throw Fault($"{Alpha} must be a number of type f32 but is {alpha} ({alpha.Type.ShortName()})", ConvertFix);
        }

        if (_adapter.Metadata.ContainsKey("adapter.alora.invocation_tokens"))
        {
            throw Fault("this is an activated LoRA, which counts only from certain tokens on; adapters here count everywhere", "Use a plain LoRA adapter.");
        }
    }

    private (int Rank, int Weights, int Ignored) CheckTensors()
    {
        var firsts = new Dictionary<string, GgufTensorInfo>(StringComparer.Ordinal);
        var seconds = new Dictionary<string, GgufTensorInfo>(StringComparer.Ordinal);
        var ignored = 0;
        foreach (var tensor in _adapter.Tensors)
        {
            if (tensor.Name.EndsWith(SuffixA, StringComparison.Ordinal))
            {
                firsts.Add(tensor.Name[..^SuffixA.Length], tensor);
            }
            else if (tensor.Name.EndsWith(SuffixB, StringComparison.Ordinal))
            {
                seconds.Add(tensor.Name[..^SuffixB.Length], tensor);
            }
            else if (tensor.Name.EndsWith("_norm.weight", StringComparison.Ordinal))
            {
                ignored++;
            }
            else
            {
                throw Fault($"the tensor {GgufText.Quote(tensor.Name)} is no part of a LoRA, whose tensors end with {SuffixA} and {SuffixB}", ConvertFix);
            }
        }

        if (firsts.Count == 0)
        {
            throw Fault("the adapter holds no weights", ConvertFix);
        }

        var rank = 0L;
        foreach (var name in firsts.Keys.Union(seconds.Keys))
        {
            rank = Math.Max(rank, firsts.TryGetValue(name, out var a) && seconds.TryGetValue(name, out var b)
                ? CheckPair(name, a, b)
                : throw Fault($"of the pair for {GgufText.Quote(name)} one half is missing", ConvertFix));
        }

        return ((int)rank, firsts.Count, ignored);
    }

    /// <returns>The rank of the pair.</returns>
    private long CheckPair(string name, GgufTensorInfo a, GgufTensorInfo b)
    {
        if (!_weights.TryGetValue(name, out var weight))
        {
            throw Fault($"the model {_model.Path} has no weight {GgufText.Quote(name)}", ModelFix);
        }

        foreach (var half in new[] { a, b })
        {
            if (!s_types.Contains(half.Type))
            {
                throw Fault($"{GgufText.Quote(half.Name)} is of type {half.Type}; possible are {string.Join(", ", s_types)}", ConvertFix);
            }
        }

        if (weight.Type == GgmlType.NVFP4 || weight.Dimensions.Count is < 2 or > 3)
        {
            throw Fault($"the model's {GgufText.Quote(name)} ({weight.Type}, {Shape(weight)}) cannot be changed by a LoRA", ModelFix);
        }

        // llama.cpp puts a token's row of one half through the other, but would put the output through the same pair.
        var isLookup = name == Embeddings;
        if (isLookup && !_weights.ContainsKey(Output))
        {
            throw Fault($"it changes {Embeddings}, which this model also uses as its output, and llama.cpp cannot change both", "Train the adapter without the embeddings (embed_tokens), or remove it from Agent:Model:Adapters.");
        }

        var (wide, rank) = isLookup ? (Length(a, 1), Length(a, 0)) : (Length(a, 0), Length(a, 1));
        var fits = isLookup
            ? Length(b, 1) == Length(weight, 0) && wide == Length(weight, 1)
            : Length(b, 1) == Length(weight, 1) && wide == Length(weight, 0);
        if (!fits || Length(b, 0) != rank || !IsRepeated(a, weight) || !IsRepeated(b, weight))
        {
            throw Fault($"the pair for {GgufText.Quote(name)} has the shapes {Shape(a)} and {Shape(b)}, which do not fit the model's {Shape(weight)}", ModelFix);
        }

        return rank;
    }

    /// <summary>Experts lie in the third dimension: a pair for each.</summary>
    private static bool IsRepeated(GgufTensorInfo half, GgufTensorInfo weight) => Length(half, 2) == Length(weight, 2) && Length(half, 3) == 1;

    private static long Length(GgufTensorInfo tensor, int dimension) => dimension < tensor.Dimensions.Count ? tensor.Dimensions[dimension] : 1;

    private static string Shape(GgufTensorInfo tensor) => string.Join(" x ", tensor.Dimensions.Select(length => length.ToString(CultureInfo.InvariantCulture)));

    private void RequireText(string key, string expected, string fix)
    {
        if (!_adapter.Metadata.TryGetValue(key, out var value))
        {
            throw Fault($"the metadata key {GgufText.Quote(key)} is missing, which is {GgufText.Quote(expected)} in an adapter for this model", fix);
        }

        if (!value.TryGetString(out var text) || text != expected)
        {
            throw Fault($"{key} is {(text is null ? value : GgufText.Quote(text))}, and {GgufText.Quote(expected)} is needed", fix);
        }
    }

    private GgufFormatException Fault(string problem, string fix) => new(_adapter.Path, null, problem, fix);
}
