namespace Agent.Host.Remote;

/// <summary>Where an <see cref="OpenAIEmbeddingGenerator"/> sends its texts, and how long it tries.</summary>
internal sealed record OpenAIEmbeddingGeneratorOptions
{
    /// <summary>The base of the server's API, mostly with <c>/v1</c> at its end.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The model's name on the server, and the only one that requests may ask for.</summary>
    public required string Model { get; init; }

    /// <summary>The key of the API.</summary>
    /// <value>Default: null, for a server that asks for none.</value>
    public string? ApiKey { get; init; }

    /// <summary>Components of an embedding, for models that can give fewer than they have.</summary>
    /// <value>Default: null, as many as the model has; nothing is sent.</value>
    public int? Dimensions { get; init; }

    /// <summary>Most texts in one request.</summary>
    /// <value>1 to 2,048. Default 64.</value>
    public int BatchSize { get; init; } = 64;

    /// <summary>Stands before every text that is a query, as the model's card says.</summary>
    /// <value>Empty by default.</value>
    public string QueryPrefix { get; init; } = "";

    /// <summary>Stands before every text that is a document, as the model's card says.</summary>
    /// <value>Empty by default.</value>
    public string DocumentPrefix { get; init; } = "";

    /// <summary>Longest silence of the server.</summary>
    /// <value>Default 2 minutes.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Further attempts where the server cannot be reached, is busy (408, 429) or fails (500, 502, 503, 504).</summary>
    /// <value>0 or more. Default 2.</value>
    public int Retries { get; init; } = 2;
}
