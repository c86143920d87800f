using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Safety;

namespace Agent.Tools.Http;

/// <summary>Puts failures of the network into words, without secrets.</summary>
internal static class HttpFailure
{
    /// <param name="exception">An <see cref="HttpRequestException"/>, <see cref="InvalidDataException"/> or <see cref="IOException"/>.</param>
    /// <param name="server">Who was asked.</param>
    /// <param name="redactor">Takes the tool's secrets out.</param>
    internal static ToolException Describe(Exception exception, string server, SecretRedactor redactor) => exception switch
    {
        HttpRequestException when ForbiddenAddress(exception) is { } forbidden => new ToolException(redactor.Redact(forbidden.Message), forbidden),
        HttpRequestException request => new TransientToolException(redactor.Redact($"{server} could not be reached: {Reason(request.HttpRequestError)}"), exception),
        InvalidDataException => new ToolException(redactor.Redact($"{server} answered with data that cannot be decompressed"), exception),
        _ => new TransientToolException(redactor.Redact($"the connection to {server} broke before the answer was complete"), exception),
    };

    internal static ForbiddenAddressException? ForbiddenAddress(Exception exception)
    {
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is ForbiddenAddressException forbidden)
            {
                return forbidden;
            }
        }

        return null;
    }

    private static string Reason(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "its name was not found",
        HttpRequestError.SecureConnectionError => "no secure connection could be made",
        HttpRequestError.ResponseEnded => "it closed the connection without an answer",
        HttpRequestError.InvalidResponse => "its answer is not valid HTTP",
        HttpRequestError.ConfigurationLimitExceeded => "its answer has too many headers",
        _ => "the connection failed",
    };
}
