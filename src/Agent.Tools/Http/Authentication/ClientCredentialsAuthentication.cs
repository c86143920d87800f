using System.Net.Http.Headers;

namespace Agent.Tools.Http.Authentication;

/// <summary>
/// <c>auth: { client_credentials }</c>: a token is kept until shortly before it expires, and fetched by one call at a time while
/// the others wait for it.
/// </summary>
internal sealed class ClientCredentialsAuthentication(TokenRequest request, TimeProvider timeProvider) : IHttpAuthentication, IDisposable
{
    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile AccessToken? _token;

    public bool CanRenew => true;

    public async ValueTask<AuthenticationHeaderValue> AuthorizeAsync(HttpClient client, AuthenticationHeaderValue? refused, CancellationToken cancellationToken)
    {
        if (Current(refused) is { } current)
        {
            return current;
        }

        await _fetching.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Current(refused) is { } fetched)
            {
                return fetched;
            }

            var token = await request.SendAsync(client, cancellationToken).ConfigureAwait(false);
            _token = token;
            return token.Authorization;
        }
        finally
        {
            _fetching.Release();
        }
    }

    public void Dispose() => _fetching.Dispose();

    // A token that another call already replaced since this one was refused is good to be tried.
    private AuthenticationHeaderValue? Current(AuthenticationHeaderValue? refused) =>
        _token is { } token && timeProvider.GetUtcNow() < token.RenewAt && !ReferenceEquals(token.Authorization, refused) ? token.Authorization : null;
}
