using Agent.Host.Remote;

namespace Agent.Host.Commands;

/// <summary>What is to be measured, and how often.</summary>
internal sealed record BenchRequest
{
    /// <summary>Runs that count.</summary>
    public required int Runs { get; init; }

    /// <summary>The seed of prompts and arrivals.</summary>
    public required int Seed { get; init; }

    /// <summary>The server to measure; null for none. An empty model stands for the first that it lists.</summary>
    public required OpenAIChatClientOptions? Server { get; init; }

    /// <summary>Whether the model in this process is measured.</summary>
    public required bool MeasuresProcess { get; init; }

    /// <summary>The file with the vocabulary of the server's model; null for that of the settings' model.</summary>
    public required string? Vocabulary { get; init; }
}
