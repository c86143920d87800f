using System.Net;

namespace Agent.Tools.Safety;

/// <summary>Makes the handlers that tools reach the network through.</summary>
public static class GuardedHttpHandler
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A handler without proxy, cookies, redirects and trace headers. Unless private networks are allowed, every connection
    /// goes to an address that <see cref="PublicAddressPolicy"/> passed.
    /// </summary>
    /// <param name="allowPrivateNetwork">Whether any address may be reached.</param>
    /// <remarks>
    /// A proxy would resolve names out of sight of the check, so none is used, whatever the environment says.
    /// </remarks>
    public static HttpMessageHandler Create(bool allowPrivateNetwork) => Create(allowPrivateNetwork, Dns.GetHostAddressesAsync);

    internal static SocketsHttpHandler Create(
        bool allowPrivateNetwork,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        Func<IPEndPoint, CancellationToken, ValueTask<Stream>>? open = null)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            Credentials = null,
            PreAuthenticate = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = ConnectionLifetime,
            ActivityHeadersPropagator = null,
        };
        if (!allowPrivateNetwork)
        {
            handler.ConnectCallback = new GuardedConnect(resolve, open).ConnectAsync;
        }

        return handler;
    }
}
