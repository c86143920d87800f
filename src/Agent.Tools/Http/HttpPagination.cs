namespace Agent.Tools.Http;

/// <summary><c>pagination</c>: how the pages of a list are followed.</summary>
internal sealed record HttpPagination
{
    /// <summary>What <c>next</c> says for the header <c>Link</c> with <c>rel="next"</c> (RFC 8288).</summary>
    internal const string LinkHeader = "link_header";

    /// <summary><c>next</c>: a JSON pointer to the URL of the next page; null for <see cref="LinkHeader"/>.</summary>
    internal string? Next { get; init; }

    /// <summary><c>items</c>: a JSON pointer to the list of a page.</summary>
    internal required string Items { get; init; }

    /// <summary><c>max_pages</c>: 2 to 20 requests for one call; 5 by default.</summary>
    internal int MaxPages { get; init; } = 5;
}
