using System.Net;
using System.Net.Sockets;

namespace Agent.Tools.Safety;

/// <summary>
/// Opens the connections of an HTTP client: it resolves the host itself, refuses it when any of its addresses is not public,
/// and connects to the very addresses that it checked, so that a name that changes between check and use gains nothing.
/// </summary>
internal sealed class GuardedConnect(Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    internal async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await CheckedAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        return await ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The addresses of a host, IPv4 first.</summary>
    /// <exception cref="ForbiddenAddressException">One of them is not public.</exception>
    internal async ValueTask<IReadOnlyList<IPAddress>> CheckedAddressesAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken).ConfigureAwait(false);
        if (!Array.TrueForAll(addresses, PublicAddressPolicy.IsPublic))
        {
            throw new ForbiddenAddressException(host);
        }

        return [.. addresses.OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)];
    }

    private static async ValueTask<Stream> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception)
            {
                last = exception;
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
