using Microsoft.Extensions.AI;

namespace Agent.Core.Inference.Embedding;

/// <summary>What travels beside texts and embeddings in their additional properties.</summary>
public static class EmbeddingProperties
{
    /// <summary>Of <see cref="EmbeddingGenerationOptions"/>: an <see cref="EmbeddingPurpose"/>. Default: <see cref="EmbeddingPurpose.Document"/>.</summary>
    public const string Purpose = "embedding_purpose";

    /// <summary>Of an embedding whose text was cut: an <see cref="int"/>, the tokens that the whole text has.</summary>
    public const string CutFrom = "cut_from_tokens";

    /// <summary>Of an embedding whose text was cut: an <see cref="int"/>, the tokens that were embedded.</summary>
    public const string CutTo = "cut_to_tokens";

    /// <summary>Options for texts of a purpose.</summary>
    /// <param name="purpose">What the texts are embedded for.</param>
    public static EmbeddingGenerationOptions For(EmbeddingPurpose purpose) =>
        new() { AdditionalProperties = new AdditionalPropertiesDictionary { [Purpose] = purpose } };

    /// <summary>The purpose that options name.</summary>
    /// <param name="options">The options; null names none.</param>
    /// <exception cref="ArgumentException">The property is there and no <see cref="EmbeddingPurpose"/>.</exception>
    public static EmbeddingPurpose PurposeOf(EmbeddingGenerationOptions? options)
    {
        if (options?.AdditionalProperties?.TryGetValue(Purpose, out var value) != true || value is null)
        {
            return EmbeddingPurpose.Document;
        }

        return value is EmbeddingPurpose purpose && Enum.IsDefined(purpose)
            ? purpose
            : throw new ArgumentException($"The additional property {Purpose} must be an {nameof(EmbeddingPurpose)}.", nameof(options));
    }
}
