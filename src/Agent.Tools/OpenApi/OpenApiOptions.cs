using Agent.Tools.Http;
using Agent.Tools.Http.Authentication;
using Agent.Tools.Safety;
using Agent.Tools.Yaml;

namespace Agent.Tools.OpenApi;

/// <summary>The options of one <c>kind: openapi</c> entry, read and checked.</summary>
internal sealed record OpenApiOptions
{
    /// <summary><c>document</c>: a path, relative to the tools file, or a URL.</summary>
    internal required string Document { get; init; }

    /// <summary>Where <c>document</c> stands.</summary>
    internal required SourcePosition DocumentPosition { get; init; }

    /// <summary><c>document</c> where it is a URL; null for a file.</summary>
    internal Uri? DocumentUrl { get; init; }

    /// <summary><c>sha256</c>: 64 lower-case hexadecimal digits; demanded for a URL.</summary>
    internal string? Sha256 { get; init; }

    /// <summary><c>operations</c>; null for <c>all: true</c>, every operation that only reads.</summary>
    internal IReadOnlyList<OpenApiSelection>? Operations { get; init; }

    /// <summary><c>server</c>, in the place of those of the document.</summary>
    internal string? Server { get; init; }

    /// <summary><c>prefix</c> of every tool's name; empty by default.</summary>
    internal required string Prefix { get; init; }

    /// <summary><c>headers</c>.</summary>
    internal required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary><c>query</c>: fields of every request, an API key for example.</summary>
    internal required IReadOnlyList<QueryParameter> Query { get; init; }

    /// <summary><c>auth</c>.</summary>
    internal IHttpAuthentication? Authentication { get; init; }

    /// <summary><c>follow_redirects</c>.</summary>
    internal bool FollowRedirects { get; init; }

    /// <summary><c>allow_private_network</c>.</summary>
    internal bool AllowPrivateNetwork { get; init; }

    /// <summary><c>max_response_bytes</c>.</summary>
    internal int MaxResponseBytes { get; init; }

    /// <summary>Takes the values of variables out of everything that leaves the tools.</summary>
    internal required SecretRedactor Redactor { get; init; }
}
