using System.Net;
using System.Net.Http.Headers;
using Agent.Core.Agents;
using Agent.Tools.Templates;

namespace Agent.Tools.Http;

/// <summary>Sends the request of a call, and follows redirects where the tool allows them.</summary>
internal sealed class HttpExchange(HttpClient client, HttpOptions options)
{
    internal const int MaximumRedirects = 3;

    private const string IdempotencyKeyHeader = "Idempotency-Key";
    private static readonly ProductInfoHeaderValue UserAgent = new("agent-tools", "1.0");
    private static readonly MediaTypeWithQualityHeaderValue AcceptJson = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue AcceptText = new("text/*", 0.8);

    /// <summary>The final response, its body still unread.</summary>
    /// <exception cref="ToolException">A redirect is not followed, or no token can be had.</exception>
    internal async Task<HttpResponseMessage> SendAsync(Uri url, CallArguments arguments, CancellationToken cancellationToken)
    {
        var authorization = await AuthorizeAsync(refused: null, cancellationToken).ConfigureAwait(false);
        var mayRenew = options.Authentication?.CanRenew == true;
        var method = options.Method;
        var withBody = options.Body is not null;
        var withHeaders = true;
        for (var redirects = 0; ;)
        {
            using var request = Request(method, url, withHeaders ? arguments : null, withBody ? options.Body!.Render(arguments) : null);
            if (withHeaders && authorization is not null)
            {
                request.Headers.Authorization = authorization;
            }

            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.Unauthorized && mayRenew && withHeaders)
            {
                // A request that was refused for its token did nothing yet, so that any method may be repeated.
                response.Dispose();
                mayRenew = false;
                authorization = await AuthorizeAsync(authorization, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (!IsRedirect(response.StatusCode))
            {
                return response;
            }

            using (response)
            {
                var target = Target(url, response, redirects++);
                if (response.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) && method != HttpMethod.Head)
                {
                    method = HttpMethod.Get;
                    withBody = false;
                }

                if (!IsSameOrigin(url, target))
                {
                    // Whatever a header or a body holds was meant for the server that the file names.
                    withHeaders = false;
                    if (withBody)
                    {
                        throw Failure(response, "redirects a request with a body to another server, which is not followed");
                    }
                }

                url = target;
            }
        }
    }

    private async ValueTask<AuthenticationHeaderValue?> AuthorizeAsync(AuthenticationHeaderValue? refused, CancellationToken cancellationToken) =>
        options.Authentication is null ? null : await options.Authentication.AuthorizeAsync(client, refused, cancellationToken).ConfigureAwait(false);

    private HttpRequestMessage Request(HttpMethod method, Uri url, CallArguments? arguments, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, url) { Content = content };
        if (arguments is not null)
        {
            foreach (var (name, value) in options.Headers.Concat(options.ArgumentHeaders.SelectMany(header => header.Render(arguments))))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            // A service that knows the header carries out a repeated request once; others ignore it.
            if (arguments.IdempotencyKey is { } key && method != HttpMethod.Get && method != HttpMethod.Head && !request.Headers.Contains(IdempotencyKeyHeader))
            {
                request.Headers.TryAddWithoutValidation(IdempotencyKeyHeader, key);
            }
        }

        if (request.Headers.UserAgent.Count == 0)
        {
            request.Headers.UserAgent.Add(UserAgent);
        }

        if (request.Headers.Accept.Count == 0)
        {
            request.Headers.Accept.Add(AcceptJson);
            request.Headers.Accept.Add(AcceptText);
        }

        return request;
    }

    private Uri Target(Uri current, HttpResponseMessage response, int redirects)
    {
        if (!options.FollowRedirects)
        {
            throw Failure(response, "redirects, which this tool does not follow");
        }

        if (redirects >= MaximumRedirects)
        {
            throw Failure(response, $"redirects more than {MaximumRedirects} times");
        }

        if (response.Headers.Location is not { } location
            || !Uri.TryCreate(current, location, out var target)
            || (target.Scheme != Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttp)
            || target.UserInfo.Length > 0)
        {
            throw Failure(response, "redirects to a place that is no http or https URL");
        }

        if (current.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps)
        {
            throw Failure(response, "redirects from https to http, which is not followed");
        }

        return target;
    }

    private ToolException Failure(HttpResponseMessage response, string reason) =>
        new(options.Redactor.Redact($"{options.Url.Host} answered HTTP {(int)response.StatusCode} and {reason}"));

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently
        or HttpStatusCode.Found
        or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect
        or HttpStatusCode.PermanentRedirect;

    internal static bool IsSameOrigin(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port && string.Equals(left.IdnHost, right.IdnHost, StringComparison.OrdinalIgnoreCase);
}
