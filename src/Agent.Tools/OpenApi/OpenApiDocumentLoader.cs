using System.Net;
using System.Security.Cryptography;
using Agent.Tools.Http;

namespace Agent.Tools.OpenApi;

/// <summary>Gets the bytes of a document, from a file or through the guarded client, and compares their hash with the pinned one.</summary>
internal sealed class OpenApiDocumentLoader(OpenApiOptions options, HttpClient client, TimeProvider timeProvider)
{
    internal const int MaximumBytes = 4 * 1_048_576;

    private static readonly TimeSpan LongestFetch = TimeSpan.FromSeconds(30);

    /// <exception cref="OpenApiException">The document cannot be had, is not the pinned one, or is no OpenAPI document.</exception>
    internal async Task<OpenApiDocument> LoadAsync(CancellationToken cancellationToken)
    {
        var bytes = options.DocumentUrl is { } url
            ? await FetchAsync(url, cancellationToken).ConfigureAwait(false)
            : await ReadFileAsync(cancellationToken).ConfigureAwait(false);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (options.Sha256 is { } pinned && hash != pinned)
        {
            throw new OpenApiException(
                $"the document has the SHA-256 {hash}, not the pinned one",
                "Review what changed, then set \"sha256\" to it");
        }

        return OpenApiDocument.Parse(bytes, Path.GetFileName(options.Document), options.DocumentUrl);
    }

    private async Task<byte[]> ReadFileAsync(CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(options.DocumentPosition.File) ?? string.Empty;
        try
        {
            var stream = File.OpenRead(Path.Combine(folder, options.Document));
            await using (stream.ConfigureAwait(false))
            {
                if (stream.Length > MaximumBytes)
                {
                    throw TooLong();
                }

                var bytes = new byte[stream.Length];
                await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
                return bytes;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new OpenApiException("the document cannot be read", "Check that the file is there, relative to the tools file, and that this process may read it");
        }
    }

    private async Task<byte[]> FetchAsync(Uri url, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(LongestFetch, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new OpenApiException($"the document cannot be fetched: {url.Host} answered HTTP {(int)response.StatusCode}", "Give a URL that answers with the document itself, or a file");
            }

            var (bytes, isWhole) = await HttpResponseReader.ReadBytesAsync(response, MaximumBytes, both.Token).ConfigureAwait(false);
            return isWhole ? bytes : throw TooLong();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            throw new OpenApiException($"the document cannot be fetched: {HttpFailure.Describe(exception, url.Host, options.Redactor).Message}", "Check the URL, or save the document beside the tools file");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OpenApiException($"the document cannot be fetched: {url.Host} takes longer than {LongestFetch.TotalSeconds} s", "Save the document beside the tools file");
        }
    }

    private static OpenApiException TooLong() => new($"the document is longer than {MaximumBytes} bytes", "Cut it down to the operations that are needed");
}
