namespace Agent.Host.Terminal;

/// <summary>The console as the program sees it; tests bring their own.</summary>
internal interface IConsoleStreams
{
    /// <summary>Standard input, UTF-8.</summary>
    TextReader In { get; }

    /// <summary>Standard output, UTF-8. Thread-safe.</summary>
    TextWriter Out { get; }

    /// <summary>Standard error, UTF-8. Thread-safe.</summary>
    TextWriter Error { get; }

    /// <summary>Whether input comes from a pipe or file.</summary>
    bool IsInputRedirected { get; }

    /// <summary>Whether output goes to a pipe or file.</summary>
    bool IsOutputRedirected { get; }

    /// <summary>Whether errors go to a pipe or file.</summary>
    bool IsErrorRedirected { get; }

    /// <summary>Columns of the terminal.</summary>
    int Width { get; }

    /// <summary>Calls a handler on Ctrl-C, on any thread; where it returns false, the process ends at once.</summary>
    /// <returns>Dispose it to stop listening.</returns>
    IDisposable OnInterrupt(Func<bool> handler);

    /// <summary>Calls a handler, on any thread, when the process is asked to end (SIGTERM); meanwhile that alone does not end it.</summary>
    /// <returns>Dispose it to stop listening.</returns>
    IDisposable OnTermination(Action handler);

    /// <summary>Standard input as bytes, for a protocol; <see cref="In"/> is not to be read then.</summary>
    Stream OpenInput();

    /// <summary>Standard output as bytes, for a protocol: from now on nothing else can write to it by way of <see cref="Console"/>.</summary>
    Stream OpenOutput();
}
