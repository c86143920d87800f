namespace Agent.Host.Tests.Support;

/// <summary>What an <see cref="OpenAIServer"/> answers.</summary>
internal sealed record OpenAIReply
{
    /// <summary>The answer has been written already.</summary>
    public static readonly OpenAIReply Handled = new();

    /// <summary>The text.</summary>
    public string? Text { get; init; }

    /// <summary>The calls; arguments as text, so that they may be malformed.</summary>
    public IReadOnlyList<(string Name, string Arguments)> Calls { get; init; } = [];

    /// <summary>Why the turn ends.</summary>
    public string FinishReason { get; init; } = "stop";

    /// <summary>Whether all calls of a streamed answer bear the index 0.</summary>
    public bool NumbersCallsAlike { get; init; }

    /// <summary>Whether a streamed answer ends before it is complete.</summary>
    public bool BreaksOff { get; init; }

    /// <summary>An answer with one call.</summary>
    public static OpenAIReply Call(string name, string arguments) => new() { Calls = [(name, arguments)], FinishReason = "tool_calls" };
}
