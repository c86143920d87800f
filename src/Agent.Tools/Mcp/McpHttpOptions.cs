using Agent.Tools.Http.Authentication;

namespace Agent.Tools.Mcp;

/// <summary>A server behind streamable HTTP.</summary>
internal sealed record McpHttpOptions
{
    /// <summary><c>url</c>.</summary>
    internal required Uri Url { get; init; }

    /// <summary><c>headers</c>, with variables filled in.</summary>
    internal required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary><c>auth</c>; null for none.</summary>
    internal IHttpAuthentication? Authentication { get; init; }

    /// <summary><c>allow_private_network</c>.</summary>
    internal bool AllowPrivateNetwork { get; init; }
}
