using System.Runtime.InteropServices;
using System.Text;

namespace Agent.Host.Terminal;

/// <summary>The console of this process.</summary>
internal sealed class SystemConsoleStreams : IConsoleStreams
{
    private const int FallbackWidth = 80;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public SystemConsoleStreams()
    {
        if (OperatingSystem.IsWindows())
        {
            // A terminal of Windows decodes by its code page, which is seldom UTF-8.
            Console.OutputEncoding = Utf8;
            Console.InputEncoding = Utf8;
        }

        Out = Console.IsOutputRedirected ? Open(Console.OpenStandardOutput()) : Console.Out;
        Error = Console.IsErrorRedirected ? Open(Console.OpenStandardError()) : Console.Error;
        In = Console.IsInputRedirected ? new StreamReader(Console.OpenStandardInput(), Utf8) : Console.In;
    }

    public TextReader In { get; }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    public bool IsInputRedirected => Console.IsInputRedirected;

    public bool IsOutputRedirected => Console.IsOutputRedirected;

    public bool IsErrorRedirected => Console.IsErrorRedirected;

    public int Width
    {
        get
        {
            try
            {
                return Console.BufferWidth > 0 ? Console.BufferWidth : FallbackWidth;
            }
            catch (IOException)
            {
                return FallbackWidth;
            }
        }
    }

    public IDisposable OnInterrupt(Func<bool> handler) => new InterruptRegistration(handler);

    public IDisposable OnTermination(Action handler) => PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
    {
        signal.Cancel = true;
        handler();
    });

    public Stream OpenInput() => Console.OpenStandardInput();

    public Stream OpenOutput()
    {
        // What a function prints must not come between the messages.
        Console.SetOut(Error);
        return Console.OpenStandardOutput();
    }

    private static TextWriter Open(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream, Utf8) { AutoFlush = true });

    private sealed class InterruptRegistration : IDisposable
    {
        private readonly Func<bool> _handler;

        public InterruptRegistration(Func<bool> handler)
        {
            _handler = handler;
            Console.CancelKeyPress += OnCancelKeyPress;
        }

        public void Dispose() => Console.CancelKeyPress -= OnCancelKeyPress;

        private void OnCancelKeyPress(object? sender, ConsoleCancelEventArgs e) => e.Cancel = _handler();
    }
}
