using System.Text;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Names;
using Agent.Tools.Registry;
using Agent.Tools.Resilience;

namespace Agent.Tools.Http;

/// <summary>Turns a response into a result: JSON or text, never more of it than the tool reads, without secrets.</summary>
internal static class HttpResponseReader
{
    private const int ExcerptCharacters = 200;
    private const int ErrorBytes = 16 * 1_024;

    /// <summary>A <see cref="JsonElement"/> or a text.</summary>
    /// <exception cref="ToolException">The status says failure, or the content cannot be used.</exception>
    internal static async Task<object?> ReadAsync(HttpResponseMessage response, HttpOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var text = await ReadTextAsync(response, options, options.MaxResponseBytes, timeProvider, cancellationToken).ConfigureAwait(false) ?? throw TooLong(options);
        text = options.Redactor.Redact(text);
        return text.AsSpan().Trim().IsEmpty ? $"done (HTTP {(int)response.StatusCode}, no content)" : Result(text, ContentKind(response), options);
    }

    /// <summary>The content as it came, secrets included; null when it is longer than <paramref name="maximumBytes"/>.</summary>
    /// <exception cref="ToolException">The status says failure, or the content is neither JSON nor text.</exception>
    internal static async Task<string?> ReadTextAsync(HttpResponseMessage response, HttpOptions options, int maximumBytes, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, options, timeProvider, cancellationToken).ConfigureAwait(false);
        }

        if (ContentKind(response) == ResponseKind.Other)
        {
            throw new ToolException($"{options.Redactor.Redact(options.Url.Host)} answered with {MediaType(response)}; only JSON and text can be used");
        }

        var (bytes, isWhole) = await ReadBytesAsync(response, maximumBytes, cancellationToken).ConfigureAwait(false);
        return isWhole ? Decode(bytes, response) : null;
    }

    internal static ToolException TooLong(HttpOptions options) =>
        new($"the answer of {options.Redactor.Redact(options.Url.Host)} is longer than {options.MaxResponseBytes} bytes; ask for less");

    internal static JsonElement ParseJson(string text, HttpOptions options)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new ToolException($"{options.Redactor.Redact(options.Url.Host)} answered with text that is not valid JSON", exception);
        }
    }

    private static object Result(string text, ResponseKind kind, HttpOptions options)
    {
        if (kind == ResponseKind.Text && options.Select is null)
        {
            return text;
        }

        var root = ParseJson(text, options);
        if (options.Select is null)
        {
            return root;
        }

        return JsonPointer.TryResolve(root, options.Select, out var selected)
            ? selected
            : throw new ToolException($"the answer of {options.Redactor.Redact(options.Url.Host)} has nothing at {options.Select}");
    }

    private static async Task<ToolException> FailureAsync(HttpResponseMessage response, HttpOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var excerpt = string.Empty;
        if (ContentKind(response) != ResponseKind.Other)
        {
            var (bytes, _) = await ReadBytesAsync(response, ErrorBytes, cancellationToken).ConfigureAwait(false);
            excerpt = Excerpt(options.Redactor.Redact(Decode(bytes, response)));
        }

        var status = Enum.IsDefined(response.StatusCode) ? $"{(int)response.StatusCode} {response.StatusCode}" : $"{(int)response.StatusCode}";
        var message = $"{options.Redactor.Redact(options.Url.Host)} answered HTTP {status}{(excerpt.Length > 0 ? $": {excerpt}" : string.Empty)}";
        return TransientFailure.Is(response.StatusCode) ? new TransientToolException(message) { RetryAfter = RetryAfter(response, timeProvider) } : new ToolException(message);
    }

    /// <summary>The wait that the server asks for; null where it asks for none.</summary>
    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider timeProvider) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - timeProvider.GetUtcNow() is var wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    private static ResponseKind ContentKind(HttpResponseMessage response)
    {
        var type = MediaType(response);
        if (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
        {
            return ResponseKind.Json;
        }

        // A server that names no type sends text in most cases, or nothing at all.
        return type.Length == 0 || type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ? ResponseKind.Text : ResponseKind.Other;
    }

    private static string MediaType(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType ?? string.Empty;

    internal static async Task<(byte[] Bytes, bool IsWhole)> ReadBytesAsync(HttpResponseMessage response, int maximum, CancellationToken cancellationToken)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var buffer = new MemoryStream();
        var chunk = new byte[8_192];
        while (true)
        {
            var read = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return (buffer.ToArray(), true);
            }

            var room = maximum - (int)buffer.Length;
            buffer.Write(chunk, 0, Math.Min(read, room));
            if (read > room)
            {
                return (buffer.ToArray(), false);
            }
        }
    }

    private static string Decode(byte[] bytes, HttpResponseMessage response)
    {
        using var reader = new StreamReader(new MemoryStream(bytes, writable: false), Charset(response), detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }

    private static Encoding Charset(HttpResponseMessage response)
    {
        var name = response.Content.Headers.ContentType?.CharSet?.Trim('"', ' ');
        if (string.IsNullOrEmpty(name))
        {
            return Encoding.UTF8;
        }

        try
        {
            // The code pages (GBK, Big5, Shift-JIS) are known to this provider only.
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }

    private static string Excerpt(string text)
    {
        var excerpt = new StringBuilder(ExcerptCharacters);
        foreach (var rune in text.EnumerateRunes())
        {
            var isGap = Rune.IsControl(rune) || Rune.IsWhiteSpace(rune);
            if (isGap && (excerpt.Length == 0 || excerpt[^1] == ' '))
            {
                continue;
            }

            if (excerpt.Length >= ExcerptCharacters)
            {
                return excerpt.Append("...").ToString();
            }

            excerpt.Append(isGap ? " " : rune.ToString());
        }

        return excerpt.ToString().TrimEnd();
    }

    private enum ResponseKind
    {
        Json,
        Text,
        Other,
    }
}
