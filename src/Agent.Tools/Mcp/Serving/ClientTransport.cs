using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Tools.Mcp.Serving;

#pragma warning disable CA2213, CA1001 // The base closes the stream; the semaphore makes no wait handle.
/// <summary>
/// A pair of streams to one client. Unlike its base it still answers when the client has closed its end, as a shell does that
/// pipes requests in, and cancelling a call never tears a line.
/// </summary>
/// <param name="input">What the client writes.</param>
/// <param name="output">What the client reads.</param>
/// <param name="closing">Cancelled when nobody needs to read any more: a client that stopped reading cannot hold up the end.</param>
internal sealed class ClientTransport(Stream input, Stream output, CancellationToken closing) : StreamServerTransport(input, output)
{
    // The base reads from the start, before a constructor's body would run: these are initialisers, which come first.
    private readonly Stream _output = output;
    private readonly CancellationToken _closing = closing;
    private readonly SemaphoreSlim _turn = new(1, 1);

    public override async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var json = JsonSerializer.SerializeToUtf8Bytes(message, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage)));
        byte[] line = [.. json, (byte)'\n'];
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAsync(line).WaitAsync(_closing).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task WriteAsync(byte[] line)
    {
        await _output.WriteAsync(line, _closing).ConfigureAwait(false);
        await _output.FlushAsync(_closing).ConfigureAwait(false);
    }
}
