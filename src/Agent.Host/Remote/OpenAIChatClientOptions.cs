namespace Agent.Host.Remote;

/// <summary>Where an <see cref="OpenAIChatClient"/> sends its requests, and how long it tries.</summary>
internal sealed record OpenAIChatClientOptions
{
    /// <summary>The base of the server's API, mostly with <c>/v1</c> at its end.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The model's name on the server, and the only one that requests may ask for.</summary>
    public required string Model { get; init; }

    /// <summary>The key of the API.</summary>
    /// <value>Default: null, for a server that asks for none.</value>
    public string? ApiKey { get; init; }

    /// <summary>Longest silence of the server.</summary>
    /// <value>Default 5 minutes: a queue and a long prompt come before the first byte.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Further attempts where the server cannot be reached, is busy (408, 429) or fails (500, 502, 503, 504).</summary>
    /// <value>0 or more. Default 2.</value>
    public int Retries { get; init; } = 2;
}
