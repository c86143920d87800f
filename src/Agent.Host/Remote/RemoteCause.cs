namespace Agent.Host.Remote;

/// <summary>
/// What is left of an exception of the transport: its type and its message without the key. The exception itself may quote what the server
/// said, and servers like to repeat the key; logs and <c>--verbose</c> write inner exceptions whole.
/// </summary>
internal sealed class RemoteCause : Exception
{
    private const int MostCauses = 8;

    private RemoteCause(string message, RemoteCause? cause)
        : base(message, cause)
    {
    }

    /// <summary>The cause that an exception is, with its own causes.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="clean">Takes the key out of a text.</param>
    public static RemoteCause Of(Exception exception, Func<string, string> clean) => Of(exception, clean, MostCauses)!;

    private static RemoteCause? Of(Exception? exception, Func<string, string> clean, int most) => exception is null || most == 0
        ? null
        : new RemoteCause($"{exception.GetType()}: {clean(exception.Message)}", Of(exception.InnerException, clean, most - 1));
}
