using System.Net;
using System.Net.Sockets;

namespace Agent.Tools.Safety;

/// <summary>
/// Opens the connections of an HTTP client: it resolves the host itself, refuses it when any of its addresses is not public,
/// and connects to the very addresses that it checked, so that a name that changes between check and use gains nothing.
/// </summary>
internal sealed class GuardedConnect
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly Func<IPEndPoint, CancellationToken, ValueTask<Stream>> _open;

    /// <param name="resolve">Gives the addresses of a name.</param>
    /// <param name="open">Opens a connection to a checked address; TCP when null.</param>
    internal GuardedConnect(Func<string, CancellationToken, Task<IPAddress[]>> resolve, Func<IPEndPoint, CancellationToken, ValueTask<Stream>>? open = null)
    {
        _resolve = resolve;
        _open = open ?? OpenTcpAsync;
    }

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
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, cancellationToken).ConfigureAwait(false);
        if (!Array.TrueForAll(addresses, PublicAddressPolicy.IsPublic))
        {
            throw new ForbiddenAddressException(host);
        }

        return [.. addresses.OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)];
    }

    private async ValueTask<Stream> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        SocketException? last = null;
        foreach (var address in addresses)
        {
            try
            {
                return await _open(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException exception)
            {
                last = exception;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private static async ValueTask<Stream> OpenTcpAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
