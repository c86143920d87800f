using System.Net.Http.Headers;

namespace Agent.Tools.Http.Authentication;

/// <summary>Gives the <c>Authorization</c> of requests. Thread-safe.</summary>
internal interface IHttpAuthentication
{
    /// <summary>Whether a request that was answered with 401 may succeed with another value.</summary>
    bool CanRenew { get; }

    /// <summary>The value for the next request.</summary>
    /// <param name="client">The tool's own client, should a server have to be asked.</param>
    /// <param name="refused">The value that was just answered with 401; null for a first attempt.</param>
    /// <param name="cancellationToken">The call's.</param>
    /// <exception cref="Agent.Core.Agents.ToolException">No value can be had.</exception>
    ValueTask<AuthenticationHeaderValue> AuthorizeAsync(HttpClient client, AuthenticationHeaderValue? refused, CancellationToken cancellationToken);
}
