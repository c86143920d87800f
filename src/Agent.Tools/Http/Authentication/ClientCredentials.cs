namespace Agent.Tools.Http.Authentication;

/// <summary>The settings of <c>auth: { client_credentials }</c> (RFC 6749, section 4.4).</summary>
internal sealed record ClientCredentials
{
    /// <summary><c>token_url</c>.</summary>
    internal required Uri TokenUrl { get; init; }

    /// <summary><c>client_id</c>.</summary>
    internal required string ClientId { get; init; }

    /// <summary><c>client_secret</c>.</summary>
    internal required string ClientSecret { get; init; }

    /// <summary><c>scope</c>; null for what the server gives by default.</summary>
    internal string? Scope { get; init; }

    /// <summary><c>credentials_in: body</c>: for servers that do not read the header (the default) which the standard demands of them.</summary>
    internal bool InBody { get; init; }
}
