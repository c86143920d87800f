using System.Globalization;
using System.Text.Json;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Microsoft.Extensions.AI;

namespace Agent.Core.Chat.Client;

/// <summary>Which fields of <see cref="ChatOptions"/> this client honours, and how; the rest it refuses.</summary>
internal static class ChatOptionsPolicy
{
    /// <summary>Refuses what cannot be honoured.</summary>
    /// <exception cref="NotSupportedException">A field asks for what a model in this process does not do.</exception>
    public static void RefuseUnsupported(ChatOptions? options, string modelId)
    {
        if (options is null)
        {
            return;
        }

        Refuse(options.ConversationId is not null, nameof(options.ConversationId), "no conversation is kept here; send all messages each time");
        Refuse(options.ContinuationToken is not null, nameof(options.ContinuationToken), "a response cannot be resumed; send the request again");
        Refuse(options.AllowBackgroundResponses == true, nameof(options.AllowBackgroundResponses), "responses do not run in the background; await them");
        Refuse(options.Reasoning is { Effort: not (null or ReasoningEffort.None) }, nameof(options.Reasoning), "this model format has no separate reasoning");
        Refuse(options.ModelId is { } id && id != modelId, nameof(options.ModelId), $"the loaded model is '{modelId}'; leave ModelId empty or load the other model");
        if (options.ResponseFormat is ChatResponseFormatJson && IgnoresEndOfGeneration(options))
        {
            throw new NotSupportedException("ChatOptions.AdditionalProperties[\"ignore_eos\"] is not supported with a ChatOptions.ResponseFormat of JSON: the answer ends where its value does. Leave one of them out.");
        }

        if (options.MaxOutputTokens is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxOutputTokens, "ChatOptions.MaxOutputTokens must be 1 or more.");
        }
    }

    /// <summary>Sampling of a request: its own fields over the defaults.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static SamplingOptions Sampling(ChatOptions? options, SamplingOptions defaults)
    {
        if (options is null)
        {
            return defaults;
        }

        var start = options.RawRepresentationFactory?.Invoke(null!) switch
        {
            null => defaults,
            SamplingOptions given => given,
            var other => throw new NotSupportedException($"ChatOptions.RawRepresentationFactory gave a {other.GetType().Name}; this client takes {nameof(SamplingOptions)}."),
        };
        var sampling = start with
        {
            Temperature = options.Temperature ?? start.Temperature,
            TopK = options.TopK ?? start.TopK,
            TopP = options.TopP ?? start.TopP,
            FrequencyPenalty = options.FrequencyPenalty ?? start.FrequencyPenalty,
            PresencePenalty = options.PresencePenalty ?? start.PresencePenalty,
            Seed = options.Seed ?? start.Seed,
            MinP = Number(options, "min_p") ?? start.MinP,
            RepetitionPenalty = Number(options, "repetition_penalty") ?? start.RepetitionPenalty,
            LogitBias = Bias(options) ?? start.LogitBias,
        };
        sampling.Validate();
        return sampling;
    }

    /// <summary>Whether a request goes on where the model would end its turn, up to its limit of tokens.</summary>
    /// <exception cref="ArgumentException">The property is no boolean.</exception>
    public static bool IgnoresEndOfGeneration(ChatOptions? options) => Property(options, "ignore_eos") switch
    {
        null => false,
        bool value => value,
        JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } json => json.GetBoolean(),
        var other => throw new ArgumentException($"ChatOptions.AdditionalProperties[\"ignore_eos\"] must be true or false, not a {other.GetType().Name}.", nameof(options)),
    };

    /// <summary>How much a request matters beside others.</summary>
    /// <exception cref="ArgumentException">The property is no priority.</exception>
    public static RequestPriority Priority(ChatOptions? options)
    {
        var value = Property(options, "priority");
        return (value is JsonElement { ValueKind: JsonValueKind.String } json ? json.GetString() : value) switch
        {
            null => RequestPriority.Normal,
            RequestPriority priority when Enum.IsDefined(priority) => priority,
            "low" => RequestPriority.Low,
            "normal" => RequestPriority.Normal,
            "high" => RequestPriority.High,
            var other => throw new ArgumentException($"ChatOptions.AdditionalProperties[\"priority\"] must be \"low\", \"normal\" or \"high\", or a {nameof(RequestPriority)}, not {Described(other)}.", nameof(options)),
        };
    }

    /// <summary>With whom a request shares the KV cache.</summary>
    /// <exception cref="ArgumentException">The property is no salt.</exception>
    public static string CacheSalt(ChatOptions? options)
    {
        var value = Property(options, "cache_salt");
        return (value is JsonElement { ValueKind: JsonValueKind.String } json ? json.GetString() : value) switch
        {
            null => string.Empty,
            string { Length: <= GenerationRequest.MaxCacheSaltLength } salt => salt,
            var other => throw new ArgumentException(
                $"ChatOptions.AdditionalProperties[\"cache_salt\"] must be a string of at most {GenerationRequest.MaxCacheSaltLength} characters, not {(other is string text ? $"one of {text.Length}" : Described(other))}.",
                nameof(options)),
        };
    }

    private static string Described(object value) => value is string or Enum ? $"'{value}'" : $"a {value.GetType().Name}";

    private static void Refuse(bool condition, string field, string why)
    {
        if (condition)
        {
            throw new NotSupportedException($"ChatOptions.{field} is not supported: {why}.");
        }
    }

    private static float? Number(ChatOptions options, string key) => Property(options, key) switch
    {
        null => null,
        JsonElement { ValueKind: JsonValueKind.Number } json => json.GetSingle(),
        IConvertible value and not string => value.ToSingle(CultureInfo.InvariantCulture),
        var other => throw new ArgumentException($"ChatOptions.AdditionalProperties[\"{key}\"] must be a number, not a {other.GetType().Name}.", nameof(options)),
    };

    private static IReadOnlyDictionary<int, float>? Bias(ChatOptions options) => Property(options, "logit_bias") switch
    {
        null => null,
        IReadOnlyDictionary<int, float> bias => bias,
        var other => throw new ArgumentException($"ChatOptions.AdditionalProperties[\"logit_bias\"] must map token ids to numbers (IReadOnlyDictionary<int, float>), not a {other.GetType().Name}.", nameof(options)),
    };

    private static object? Property(ChatOptions? options, string key) =>
        options?.AdditionalProperties?.TryGetValue(key, out var value) == true ? value : null;
}
