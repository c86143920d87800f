using System.Net;
using Agent.Tools.Registry;
using Polly.Timeout;

namespace Agent.Tools.Resilience;

/// <summary>The failures that another attempt could mend.</summary>
internal static class TransientFailure
{
    internal static bool Is(Exception? exception) =>
        exception is TransientToolException or TimeoutRejectedException or TimeoutException or HttpRequestException or IOException;

    /// <summary>Whether a server that answers so may answer otherwise the next time.</summary>
    internal static bool Is(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;
}
