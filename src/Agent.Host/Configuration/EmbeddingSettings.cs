using Agent.Core.Native;

namespace Agent.Host.Configuration;

/// <summary>The model that gives passages and queries vectors: a GGUF file in this process, or one on a server. Neither by default.</summary>
internal sealed record EmbeddingSettings
{
    /// <summary>The environment variable with the key of <see cref="Url"/>.</summary>
    public const string KeyVariable = "AGENT_EMBEDDING_KEY";

    /// <summary>A GGUF file of an embedding model; looked up as <see cref="ModelSettings.Path"/>.</summary>
    public string? Path { get; init; }

    /// <summary>How the vectors of tokens become one; null as the file says.</summary>
    public PoolingType? Pooling { get; init; }

    /// <summary>Layers on the GPU; null means all.</summary>
    public int? GpuLayers { get; init; }

    /// <summary>The base of the API of an OpenAI-compatible server, in place of a file. The key comes from the environment.</summary>
    public Uri? Url { get; init; }

    /// <summary>The model's name on the server.</summary>
    public string? Model { get; init; }

    /// <summary>Stands before every query, as the model's card says.</summary>
    public string QueryPrefix { get; init; } = string.Empty;

    /// <summary>Stands before every passage, as the model's card says.</summary>
    public string DocumentPrefix { get; init; } = string.Empty;

    /// <summary>Whether there is a model.</summary>
    public bool IsSet => Path is not null || Url is not null;
}
