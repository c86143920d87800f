using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Resilience;
using Agent.Tools.Safety;

namespace Agent.Tools.Http.Authentication;

/// <summary>Asks a token server once. What the server says never becomes a part of a message: it may repeat what it was sent.</summary>
internal sealed class TokenRequest(ClientCredentials credentials, SecretRedactor redactor, TimeProvider timeProvider)
{
    private const int MaximumBytes = 64 * 1_024;

    private static readonly TimeSpan LifetimeUnlessGiven = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(30);

    /// <summary>A new token.</summary>
    /// <exception cref="ToolException">The server cannot be reached, refuses, or gives no bearer token.</exception>
    internal async Task<AccessToken> SendAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var request = Request();
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw Refusal(response.StatusCode);
            }

            var (bytes, isWhole) = await HttpResponseReader.ReadBytesAsync(response, MaximumBytes, cancellationToken).ConfigureAwait(false);
            return isWhole && Parse(bytes) is { } token ? token : throw new ToolException(Message("gave no bearer token"));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            throw HttpFailure.Describe(exception, $"the token server {credentials.TokenUrl.Host}", redactor);
        }
    }

    private HttpRequestMessage Request()
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        if (credentials.Scope is { } scope)
        {
            form.Add("scope", scope);
        }

        var request = new HttpRequestMessage(HttpMethod.Post, credentials.TokenUrl);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (credentials.InBody)
        {
            form.Add("client_id", credentials.ClientId);
            form.Add("client_secret", credentials.ClientSecret);
        }
        else
        {
            // RFC 6749, section 2.3.1, wants both encoded as in a form before they are joined.
            var pair = $"{WebUtility.UrlEncode(credentials.ClientId)}:{WebUtility.UrlEncode(credentials.ClientSecret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }

        request.Content = new FormUrlEncodedContent(form);
        return request;
    }

    private AccessToken? Parse(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("access_token", out var token)
                || token.ValueKind != JsonValueKind.String
                || token.GetString() is not { Length: > 0 } text
                || text.AsSpan().ContainsAnyExceptInRange('!', '~')
                || (root.TryGetProperty("token_type", out var type) && !IsBearer(type)))
            {
                return null;
            }

            redactor.Add(text);
            var lifetime = Lifetime(root);
            var margin = lifetime / 10 < LongestMargin ? lifetime / 10 : LongestMargin;
            return new AccessToken(new AuthenticationHeaderValue("Bearer", text), timeProvider.GetUtcNow() + lifetime - margin);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsBearer(JsonElement type) =>
        type.ValueKind == JsonValueKind.String && string.Equals(type.GetString(), "bearer", StringComparison.OrdinalIgnoreCase);

    private static TimeSpan Lifetime(JsonElement root)
    {
        if (!root.TryGetProperty("expires_in", out var value))
        {
            return LifetimeUnlessGiven;
        }

        // Some servers write the number in quotes.
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        return !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || double.IsNaN(seconds) ? LifetimeUnlessGiven : TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestLifetime.TotalSeconds));
    }

    private ToolException Refusal(HttpStatusCode status) => TransientFailure.Is(status)
        ? new TransientToolException(Message($"answered HTTP {(int)status}"))
        : new ToolException(Message($"refused the client credentials of this tool (HTTP {(int)status})"));

    private string Message(string reason) => redactor.Redact($"the token server {credentials.TokenUrl.Host} {reason}");
}
