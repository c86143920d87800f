namespace Agent.Host.Configuration;

/// <summary>Addresses of servers that speak OpenAI's protocol, read alike wherever somebody writes one.</summary>
internal static class ServerAddress
{
    /// <summary>Reads an address.</summary>
    /// <param name="text">The address as it is written.</param>
    /// <param name="keyVariable">The environment variable with the key of the server.</param>
    /// <param name="problem">What is wrong, without the text, which may hold a password.</param>
    /// <param name="fix">How to write it.</param>
    /// <returns>The base of the server's API; <c>/v1</c> is added to a bare server, since nobody serves the protocol at the root. Null after a problem.</returns>
    public static Uri? Read(string text, string keyVariable, out string problem, out string fix)
    {
        (problem, fix) = (string.Empty, string.Empty);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            (problem, fix) = ("is no address of a server", $"Write one such as http://localhost:8080/v1; the key belongs in {keyVariable}.");
            return null;
        }

        if (uri.UserInfo.Length > 0)
        {
            (problem, fix) = ("holds a user name or a password", $"Write it without them; the key belongs in {keyVariable}.");
            return null;
        }

        return uri.AbsolutePath == "/" ? new Uri(uri, "/v1") : uri;
    }
}
