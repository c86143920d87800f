using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Native;

/// <summary>Carries llama.cpp's log to a logger and keeps its last errors, so that a failure can say what the library said.</summary>
/// <remarks>The library has one log per process, hence the static state.</remarks>
internal static unsafe partial class LlamaLog
{
    private const int KeptErrors = 8;
    private static readonly Lock Gate = new();
    private static readonly Queue<string> Errors = new();
    private static readonly StringBuilder Line = new();
    private static ILogger _logger = NullLogger.Instance;
    private static int _level;

    public static void Attach(ILogger logger)
    {
        _logger = logger;
        LlamaApi.LogSet(&OnMessage, null);
    }

    /// <summary>Takes the errors logged since the last call, newest last.</summary>
    public static string DrainErrors()
    {
        lock (Gate)
        {
            var text = string.Join(" | ", Errors);
            Errors.Clear();
            return text;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMessage(int level, byte* text, void* userData)
    {
        const int Continuation = 5;
        var piece = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
        lock (Gate)
        {
            _level = level == Continuation ? _level : level;
            Line.Append(piece);
            if (!piece.EndsWith('\n'))
            {
                return;
            }

            var line = Line.ToString().TrimEnd();
            Line.Clear();
            if (line.Length > 0)
            {
                Write(line);
            }
        }
    }

    private static void Write(string line)
    {
        const int Warning = 3, Error = 4;
        if (_level == Error)
        {
            Errors.Enqueue(line);
            if (Errors.Count > KeptErrors)
            {
                Errors.Dequeue();
            }
        }

        // The library calls ordinary start-up details "info" and "warn"; an operator wants them on request only.
        NativeMessage(_logger, _level == Error ? LogLevel.Warning : _level == Warning ? LogLevel.Debug : LogLevel.Trace, line);
    }

    [LoggerMessage(EventId = 1, Message = "llama.cpp: {Line}")]
    private static partial void NativeMessage(ILogger logger, LogLevel level, string line);
}
