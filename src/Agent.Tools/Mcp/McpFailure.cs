using System.Net;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Http;
using Agent.Tools.Mcp.Listing;
using Agent.Tools.Registry;
using Agent.Tools.Resilience;
using Agent.Tools.Safety;
using Agent.Tools.Yaml;
using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace Agent.Tools.Mcp;

/// <summary>Puts the failures of a conversation into words, without secrets.</summary>
internal static class McpFailure
{
    private const int LongestServerText = 1_000;
    private const string RemotePrefix = "Request failed (remote): ";

    /// <summary>Whether an exception is one that a server or the way to it can cause.</summary>
    internal static bool IsKnown(Exception exception) => exception
        is McpException or HttpRequestException or IOException or InvalidDataException or JsonException or InvalidOperationException
        or ArgumentException or NotSupportedException or FormatException or TimeoutException or ToolException;

    /// <summary>Whether the server answered that it does not know the session.</summary>
    internal static bool IsExpired(Exception exception) =>
        exception is HttpRequestException { StatusCode: HttpStatusCode.NotFound }
        || exception is ClientTransportClosedException { Details: HttpClientCompletionDetails { HttpStatusCode: HttpStatusCode.NotFound } };

    internal static McpStartException OfStart(Exception exception, string? ending, SecretRedactor redactor) => exception switch
    {
        McpStartException start => start,
        ToolException tool => new McpStartException(tool.Message, innerException: tool),
        McpProtocolException protocol => new McpStartException($"it refused the handshake: {ServerText(protocol, redactor)}", ending, protocol),
        HttpRequestException { StatusCode: { } status } request => new McpStartException($"it answered HTTP {(int)status}", Hint(status), request),
        HttpRequestException request => new McpStartException(HttpFailure.Describe(request, "its host", redactor).Message, innerException: request),
        ClientTransportClosedException or IOException => new McpStartException("it ended before it answered", ending, exception),
        InvalidDataException data => new McpStartException(redactor.Redact(data.Message), ending, data),
        _ => new McpStartException("it does not speak the protocol", ending, exception),
    };

    internal static McpStartException OfSlowStart(TimeSpan limit, string? ending, Exception exception) => new(
        $"it did not answer within {DurationText.Words(limit)}",
        $"\"start_timeout\" gives it more time{(ending is null ? string.Empty : $"; {ending}")}",
        exception);

    internal static ToolException OfCall(Exception exception, string tool, SecretRedactor redactor) => exception switch
    {
        ToolException already => already,
        McpProtocolException protocol => new ToolException($"{tool} was refused by its server: {ServerText(protocol, redactor)}", protocol),
        HttpRequestException { StatusCode: { } status } request => OfStatus(status, tool, request),
        HttpRequestException request => HttpFailure.Describe(request, $"the server of {tool}", redactor),
        InvalidDataException data => new ToolException($"{tool} cannot be used: {redactor.Redact(data.Message)}", data),
        IOException or OperationCanceledException => new TransientToolException($"the server of {tool} ended during the call; whether the call took effect is not known", exception),
        InvalidOperationException => new ToolException($"the server of {tool} asked for something that is not offered, or answered with something that cannot be read", exception),
        _ => new ToolException($"the server of {tool} answered with something that cannot be read", exception),
    };

    private static ToolException OfStatus(HttpStatusCode status, string tool, Exception exception)
    {
        var message = $"the server of {tool} answered HTTP {(int)status}";
        return TransientFailure.Is(status)
            ? new TransientToolException(message, exception)
            : new ToolException(message, exception);
    }

    private static string? Hint(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "check \"auth\"",
        HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => "check \"url\"; servers of the older HTTP with SSE are not supported",
        >= (HttpStatusCode)300 and < (HttpStatusCode)400 => "redirects are not followed; give the final URL",
        _ => null,
    };

    private static string ServerText(McpProtocolException exception, SecretRedactor redactor)
    {
        var text = exception.Message.StartsWith(RemotePrefix, StringComparison.Ordinal) ? exception.Message[RemotePrefix.Length..] : exception.Message;
        return UntrustedText.OneLine(redactor.Redact(text), LongestServerText);
    }
}
