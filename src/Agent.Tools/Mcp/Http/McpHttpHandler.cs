using System.Net;
using System.Net.Http.Headers;
using Agent.Tools.Safety;

namespace Agent.Tools.Mcp.Http;

/// <summary>
/// Sends the protocol's requests through the guarded client, with the headers and the credentials of the file and nobody
/// else's. Redirects are not followed: they would carry both away. Answers are bounded.
/// </summary>
internal sealed class McpHttpHandler(McpHttpOptions options, SecretRedactor redactor, HttpClient guarded) : HttpMessageHandler
{
    internal const int MaximumMessageBytes = 8 * 1_048_576;

    private static readonly ProductInfoHeaderValue UserAgent = new("agent-tools", "1.0");

    // The end of a session is told without a token of a caller: a server that does not answer must not hold up a shutdown.
    private static readonly TimeSpan LongestDelete = TimeSpan.FromSeconds(3);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (request.Method == HttpMethod.Delete)
        {
            patience.CancelAfter(LongestDelete);
        }

        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(patience.Token).ConfigureAwait(false);
        var authorization = await AuthorizeAsync(refused: null, patience.Token).ConfigureAwait(false);
        var response = await SendAsync(request, body, authorization, patience.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Unauthorized && options.Authentication?.CanRenew == true)
        {
            response.Dispose();
            authorization = await AuthorizeAsync(authorization, patience.Token).ConfigureAwait(false);
            response = await SendAsync(request, body, authorization, patience.Token).ConfigureAwait(false);
        }

        try
        {
            await BoundAsync(response, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        return response;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, byte[]? body, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        // A request can be sent once only, and the protocol's own was.
        using var copy = new HttpRequestMessage(request.Method, request.RequestUri);
        foreach (var (name, values) in request.Headers)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        foreach (var (name, value) in options.Headers)
        {
            copy.Headers.TryAddWithoutValidation(name, value);
        }

        if (authorization is not null)
        {
            copy.Headers.Authorization = authorization;
        }

        if (copy.Headers.UserAgent.Count == 0)
        {
            copy.Headers.UserAgent.Add(UserAgent);
        }

        if (body is not null)
        {
            copy.Content = new ByteArrayContent(body) { Headers = { ContentType = request.Content!.Headers.ContentType } };
        }

        return await guarded.SendAsync(copy, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AuthenticationHeaderValue?> AuthorizeAsync(AuthenticationHeaderValue? refused, CancellationToken cancellationToken) =>
        options.Authentication is null ? null : await options.Authentication.AuthorizeAsync(guarded, refused, cancellationToken).ConfigureAwait(false);

    private async Task BoundAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var isStream = string.Equals(response.Content.Headers.ContentType?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var bounded = new StreamContent(new BoundedStream(body, MaximumMessageBytes, isStream, redactor.Redact(options.Url.Host)));
        bounded.Headers.ContentType = response.Content.Headers.ContentType;
        response.Content = bounded;
    }
}
