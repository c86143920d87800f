using System.Text;
using Agent.Host.Terminal;

namespace Agent.Host.Tests.Support;

#pragma warning disable CA1001 // The writers hold text only.
/// <summary>A console in memory. Pipes on all three streams unless a test says otherwise.</summary>
internal sealed class FakeConsole : IConsoleStreams
{
    private readonly WatchedWriter _out = new();
    private readonly WatchedWriter _error = new();
    private Func<bool>? _interrupt;
    private Action? _terminate;

    public FakeConsole(string input = "") => In = new StringReader(input);

    public TextReader In { get; init; }

    public TextWriter Out => _out;

    public TextWriter Error => _error;

    public bool IsInputRedirected { get; init; } = true;

    public bool IsOutputRedirected { get; init; } = true;

    public bool IsErrorRedirected { get; init; } = true;

    public int Width => 120;

    /// <summary>Called with each text that is written to standard output.</summary>
    public Action<string>? OnOut
    {
        set => _out.OnWrite = value;
    }

    /// <summary>Called with each text that is written to standard error.</summary>
    public Action<string>? OnError
    {
        set => _error.OnWrite = value;
    }

    /// <summary>Standard input as a protocol reads it.</summary>
    public Stream InputBytes { get; init; } = Stream.Null;

    /// <summary>Standard output as a protocol writes it.</summary>
    public Stream OutputBytes { get; init; } = Stream.Null;

    public string Output => _out.ToString();

    public string Errors => _error.ToString();

    public IDisposable OnInterrupt(Func<bool> handler)
    {
        _interrupt = handler;
        return new Registration(() => _interrupt = null);
    }

    public IDisposable OnTermination(Action handler)
    {
        _terminate = handler;
        return new Registration(() => _terminate = null);
    }

    public Stream OpenInput() => InputBytes;

    public Stream OpenOutput() => OutputBytes;

    /// <summary>Ctrl-C.</summary>
    /// <returns>Whether the process lives on.</returns>
    public bool Interrupt() => _interrupt?.Invoke() ?? false;

    /// <summary>SIGTERM.</summary>
    public void Terminate() => _terminate?.Invoke();

    private sealed class Registration(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }

    private sealed class WatchedWriter : TextWriter
    {
        private readonly Lock _gate = new();
        private readonly StringBuilder _text = new();

        public Action<string>? OnWrite { get; set; }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(string? value)
        {
            lock (_gate)
            {
                _text.Append(value);
            }

            OnWrite?.Invoke(value ?? string.Empty);
        }

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void WriteLine(string? value) => Write(value + "\n");

        public override string ToString()
        {
            lock (_gate)
            {
                return _text.ToString();
            }
        }
    }
}
