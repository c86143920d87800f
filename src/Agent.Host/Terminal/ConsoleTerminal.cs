using System.Text;
using Spectre.Console;

namespace Agent.Host.Terminal;

/// <summary>
/// Output in the form that its place bears: colour and spinners on a terminal, plain text in pipes and files, no colour where
/// <c>NO_COLOR</c> is set, no control sequences where <c>TERM</c> is <c>dumb</c>.
/// </summary>
internal sealed class ConsoleTerminal
{
    /// <summary>Wide enough that no table in a file is folded.</summary>
    private const int FileWidth = 100_000;

    private readonly IConsoleStreams _streams;

    public ConsoleTerminal(IConsoleStreams streams, IReadOnlyDictionary<string, string> variables)
    {
        _streams = streams;
        var dumb = string.Equals(variables.GetValueOrDefault("TERM"), "dumb", StringComparison.Ordinal);
        var noColour = !string.IsNullOrEmpty(variables.GetValueOrDefault("NO_COLOR"));
        ShowsProgress = !streams.IsErrorRedirected && !dumb;
        Out = Create(streams.Out, !streams.IsOutputRedirected, dumb, noColour);
        Error = Create(streams.Error, !streams.IsErrorRedirected, dumb, noColour);
    }

    /// <summary>Standard output, for tables and the like.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Standard error.</summary>
    public IAnsiConsole Error { get; }

    /// <summary>Whether standard error can show something that moves.</summary>
    public bool ShowsProgress { get; }

    /// <summary>Whether a person types and reads along.</summary>
    public bool IsInteractive => !_streams.IsInputRedirected && !_streams.IsErrorRedirected;

    /// <summary>Writes a piece of an answer to standard output.</summary>
    public void WriteAnswer(string text)
    {
        _streams.Out.Write(_streams.IsOutputRedirected ? text : TerminalText.Clean(text));
        _streams.Out.Flush();
    }

    /// <summary>Writes a line to standard error.</summary>
    /// <param name="text">The text; what could control the terminal is replaced.</param>
    /// <param name="style">How it looks where there is colour.</param>
    public void WriteNotice(string text, Style? style = null)
    {
        Error.Write(new Text(TerminalText.Clean(text), style ?? Style.Plain) { Overflow = Overflow.Fold });
        Error.WriteLine();
    }

    private IAnsiConsole Create(TextWriter writer, bool isTerminal, bool dumb, bool noColour) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = !isTerminal || dumb ? AnsiSupport.No : OperatingSystem.IsWindows() ? AnsiSupport.Detect : AnsiSupport.Yes,
        ColorSystem = !isTerminal || dumb || noColour ? ColorSystemSupport.NoColors : ColorSystemSupport.Standard,
        Interactive = isTerminal && !dumb ? InteractionSupport.Yes : InteractionSupport.No,
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        Out = new WriterOutput(writer, isTerminal, isTerminal ? _streams.Width : FileWidth),
    });

    private sealed class WriterOutput(TextWriter writer, bool isTerminal, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        public int Width => width;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
            // The streams are UTF-8 already.
        }
    }
}
