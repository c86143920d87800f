using System.Net.Http.Headers;

namespace Agent.Tools.Http.Authentication;

/// <summary><c>auth: { bearer }</c> and <c>auth: { basic }</c>: one value for every request.</summary>
internal sealed class FixedAuthentication(AuthenticationHeaderValue value) : IHttpAuthentication
{
    public bool CanRenew => false;

    public ValueTask<AuthenticationHeaderValue> AuthorizeAsync(HttpClient client, AuthenticationHeaderValue? refused, CancellationToken cancellationToken) =>
        ValueTask.FromResult(value);
}
