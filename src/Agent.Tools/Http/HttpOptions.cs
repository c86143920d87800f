using Agent.Tools.Http.Authentication;
using Agent.Tools.Safety;

namespace Agent.Tools.Http;

/// <summary>One request and how its answer is used, read and checked.</summary>
internal sealed record HttpOptions
{
    /// <summary><c>method</c>: GET (the default), HEAD, POST, PUT, PATCH or DELETE.</summary>
    internal required HttpMethod Method { get; init; }

    /// <summary><c>url</c> and <c>query</c>.</summary>
    internal required UrlTemplate Url { get; init; }

    /// <summary><c>headers</c>, with variables filled in.</summary>
    internal required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>Headers whose values are arguments.</summary>
    internal IReadOnlyList<ArgumentHeader> ArgumentHeaders { get; init; } = [];

    /// <summary><c>auth</c>; null for none. It goes wherever <see cref="Headers"/> go, and nowhere else.</summary>
    internal IHttpAuthentication? Authentication { get; init; }

    /// <summary><c>body</c> or <c>form</c>; null for none.</summary>
    internal IBodyTemplate? Body { get; init; }

    /// <summary><c>select</c>: the part of a JSON response that is the result; null for all of it.</summary>
    internal string? Select { get; init; }

    /// <summary><c>pagination</c>; null for answers that are whole.</summary>
    internal HttpPagination? Pagination { get; init; }

    /// <summary><c>follow_redirects</c>: at most 3, each checked as the first address was; false by default.</summary>
    internal bool FollowRedirects { get; init; }

    /// <summary><c>allow_private_network</c>: whether addresses that are not public may be reached; false by default.</summary>
    internal bool AllowPrivateNetwork { get; init; }

    /// <summary><c>max_response_bytes</c>: how much of a response is read, after decompression; 1,048,576 by default.</summary>
    internal int MaxResponseBytes { get; init; } = 1_048_576;

    /// <summary>Takes the values of variables out of everything that leaves the tool.</summary>
    internal required SecretRedactor Redactor { get; init; }
}
