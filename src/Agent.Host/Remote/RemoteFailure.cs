using System.ClientModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Agent.Host.Configuration;
using Agent.Host.Terminal;

namespace Agent.Host.Remote;

/// <summary>Turns what the transport throws into one exception whose message names the server and the fix.</summary>
/// <param name="endpoint">The base of the server's API.</param>
/// <param name="apiKey">The key, which no message may hold.</param>
/// <param name="timeout">Longest silence of the server.</param>
/// <param name="fix">What to check where the server refuses a request for no reason of its status.</param>
internal sealed class RemoteFailure(Uri endpoint, string? apiKey, TimeSpan timeout, string fix)
{
    private const int LongestReason = 300;

    /// <summary>Runs a step of a request.</summary>
    /// <exception cref="RemoteChatException">The server did not answer as it should.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "An answer in another form breaks the reader of answers in many ways; all of them are the server's fault.")]
    public async Task<T> GuardAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e)
        {
            // Where attempts were repeated, each has left its exception; the last is the one to act on.
            throw Explain(e is AggregateException { InnerExceptions: [.., var last] } ? last : e);
        }
    }

    /// <summary>An answer that ended too early.</summary>
    public RemoteChatException Unfinished() =>
        new($"The server {endpoint} ended its answer before it was complete. See the server's log.", status: null);

    private RemoteChatException Explain(Exception exception) => exception switch
    {
        ClientResultException { Status: > 0 } e => new RemoteChatException($"The server {endpoint} answered {e.Status}: {Reason(e)}. {Fix(e.Status)}", e.Status, RemoteCause.Of(e, Clean)),
        ClientResultException or HttpRequestException or IOException => new RemoteChatException(
            $"The server {endpoint} cannot be reached: {Clean(exception.GetBaseException().Message)}. Check that it runs, and the URL.", status: null, RemoteCause.Of(exception, Clean)),
        OperationCanceledException or TimeoutException => new RemoteChatException(
            $"The server {endpoint} was silent for {DurationValue.Format(timeout)}. Send fewer requests at once, or see the server's log.", status: null, RemoteCause.Of(exception, Clean)),
        _ => new RemoteChatException(
            $"The server {endpoint} sent an answer that is not in OpenAI's form: {Clean(exception.Message)}. Check that the URL is that of an OpenAI-compatible server (it mostly ends in /v1).", status: null, RemoteCause.Of(exception, Clean)),
    };

    private string Reason(ClientResultException exception)
    {
        var body = exception.GetRawResponse()?.Content.ToString() ?? string.Empty;
        return Clean(MessageIn(body) ?? (string.IsNullOrWhiteSpace(body) ? "no reason given" : body));
    }

    private static string? MessageIn(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var at = document.RootElement;
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty("error"u8, out var error))
            {
                at = error;
            }

            return at.ValueKind switch
            {
                JsonValueKind.String => at.GetString(),
                JsonValueKind.Object when at.TryGetProperty("message"u8, out var message) && message.ValueKind == JsonValueKind.String => message.GetString(),
                JsonValueKind.Object when at.TryGetProperty("detail"u8, out var detail) => detail.ToString(),
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Servers like to repeat the key that they do not know.</summary>
    private string Clean(string text)
    {
        var safe = string.IsNullOrEmpty(apiKey) ? text : text.Replace(apiKey, "***", StringComparison.Ordinal);
        return TerminalText.OneLine(safe.Trim(), LongestReason).TrimEnd('.');
    }

    private string Fix(int status) => status switch
    {
        401 or 403 => "Check the API key.",
        404 => "Check the URL (it mostly ends in /v1) and the model's name.",
        429 => "Send fewer requests at once, or try later.",
        >= 500 => "See the server's log.",
        _ => fix,
    };
}
