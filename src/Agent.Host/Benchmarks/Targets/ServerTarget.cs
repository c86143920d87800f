using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Agent.Host.Benchmarks.Loads;
using Agent.Host.Configuration;
using Agent.Host.Remote;
using Agent.Host.Terminal;

namespace Agent.Host.Benchmarks.Targets;

/// <summary>
/// A server that speaks OpenAI's protocol, over streaming requests. The client does as little as it can, one connection for each request
/// at once and no repetition, so that what is measured is the server.
/// </summary>
internal sealed class ServerTarget : ILoadTarget, IDisposable
{
    private const int LongestReason = 300;
    private const string EventPrefix = "data:";
    private readonly OpenAIChatClientOptions _options;
    private readonly HttpClient _http;

    /// <summary>Creates a client; nothing is sent yet.</summary>
    public ServerTarget(OpenAIChatClientOptions options)
    {
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
        if (!string.IsNullOrEmpty(options.ApiKey))
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        }
    }

    /// <summary>The model's name on the server.</summary>
    public string Model => _options.Model;

    /// <summary>The base of the server's API.</summary>
    public Uri Endpoint => _options.Endpoint;

    /// <summary>Asks a server for the first of its models, where nobody named one.</summary>
    /// <exception cref="RemoteChatException">It does not say.</exception>
    public static async Task<ServerTarget> ConnectAsync(OpenAIChatClientOptions options, CancellationToken cancellationToken)
    {
        var target = new ServerTarget(options);
        if (options.Model.Length > 0)
        {
            return target;
        }

        try
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Get, target.Address("models"));
            using var response = await target.SendAsync(request, silence, cancellationToken).ConfigureAwait(false);
            using var models = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), default, cancellationToken).ConfigureAwait(false);
            return new ServerTarget(options with { Model = models.RootElement.GetProperty("data"u8)[0].GetProperty("id"u8).GetString()! });
        }
        catch (Exception e) when (e is LoadTargetException or JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or ArgumentOutOfRangeException or HttpRequestException or IOException)
        {
            var reason = e is LoadTargetException ? $" {e.Message}" : string.Empty;
            throw new RemoteChatException($"The server {options.Endpoint} does not say which models it has.{reason} Name one with --against-model.", status: null, RemoteCause.Of(e, target.Clean));
        }
        finally
        {
            target.Dispose();
        }
    }

    public Func<CancellationToken, IAsyncEnumerable<LoadPiece>> Prepare(LoadRequest request)
    {
        var (path, body) = ServerRequestJson.Write(request, _options.Model);
        return cancellationToken => StreamAsync(path, body, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async IAsyncEnumerable<LoadPiece> StreamAsync(string path, byte[] body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var response = await SendAsync(request, silence, cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        var answer = new ServerAnswer();
        while (await GuardAsync(token => reader.ReadLineAsync(token), silence, cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(EventPrefix, StringComparison.Ordinal) && Take(answer, line.AsMemory(EventPrefix.Length).Trim()))
            {
                yield return default;
            }
        }

        if (!answer.IsFinished)
        {
            throw new LoadTargetException("unfinished", $"The server {Endpoint} ended an answer before it was complete. See the server's log.");
        }

        yield return new LoadPiece(answer.Usage);
    }

    private bool Take(ServerAnswer answer, ReadOnlyMemory<char> data)
    {
        try
        {
            return answer.Take(data);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new LoadTargetException("protocol", $"The server {Endpoint} sent an event that is not in OpenAI's form: {Clean(e.Message)}. Check that the URL is that of an OpenAI-compatible server (it mostly ends in /v1).", RemoteCause.Of(e, Clean));
        }
        catch (LoadTargetException e)
        {
            throw new LoadTargetException(e.Kind, $"The server {Endpoint} broke an answer off: {Clean(e.Message)}. See the server's log.", RemoteCause.Of(e, Clean));
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        var response = await GuardAsync(token => new ValueTask<HttpResponseMessage>(_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token)), silence, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var reason = await GuardAsync(token => new ValueTask<string>(response.Content.ReadAsStringAsync(token)), silence, cancellationToken).ConfigureAwait(false);
            throw new LoadTargetException(
                $"http_{(int)response.StatusCode}",
                $"The server {Endpoint} answered {(int)response.StatusCode}: {Clean(string.IsNullOrWhiteSpace(reason) ? "no reason given" : reason)}. {Fix(response.StatusCode)}");
        }
    }

    private async ValueTask<T> GuardAsync<T>(Func<CancellationToken, ValueTask<T>> step, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        silence.CancelAfter(_options.Timeout);
        try
        {
            return await step(silence.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new LoadTargetException("timeout", $"The server {Endpoint} was silent for {DurationValue.Format(_options.Timeout)}. See the server's log.", RemoteCause.Of(e, Clean));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new LoadTargetException("connection", $"The server {Endpoint} cannot be reached: {Clean(e.GetBaseException().Message)}. Check that it runs, and the URL.", RemoteCause.Of(e, Clean));
        }
    }

    private Uri Address(string path) => new($"{Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    /// <summary>Servers like to repeat the key that they do not know.</summary>
    private string Clean(string text)
    {
        var safe = string.IsNullOrEmpty(_options.ApiKey) ? text : text.Replace(_options.ApiKey, "***", StringComparison.Ordinal);
        return TerminalText.OneLine(safe.Trim(), LongestReason).TrimEnd('.');
    }

    private static string Fix(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "Check the API key.",
        HttpStatusCode.NotFound => "Check the URL (it mostly ends in /v1) and the model's name; decode, prefill and mixed need /completions.",
        HttpStatusCode.TooManyRequests => "Send fewer requests at once.",
        HttpStatusCode.BadRequest => "Check that its context holds the load's requests, and that it takes token ids for prompts.",
        _ => "See the server's log.",
    };
}
