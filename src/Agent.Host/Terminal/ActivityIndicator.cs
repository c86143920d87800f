using Spectre.Console;

namespace Agent.Host.Terminal;

/// <summary>A spinner on standard error with a word on what is going on; nothing where standard error is no terminal.</summary>
/// <remarks><see cref="Update"/> is safe on any thread; the rest is used by one.</remarks>
internal sealed class ActivityIndicator(ConsoleTerminal terminal) : IAsyncDisposable
{
    private TaskCompletionSource? _end;
    private Task _spinning = Task.CompletedTask;
    private volatile StatusContext? _context;

    /// <summary>Shows it, or changes the word where it is shown already.</summary>
    public void Show(string text)
    {
        if (!terminal.ShowsProgress)
        {
            return;
        }

        if (_end is not null)
        {
            Update(text);
            return;
        }

        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _end = end;
        _spinning = terminal.Error.Status().Spinner(Spinner.Known.Dots).StartAsync(Markup.Escape(text), context =>
        {
            _context = context;
            return end.Task;
        });
    }

    /// <summary>Changes the word where the spinner is shown.</summary>
    public void Update(string text) => _context?.Status(Markup.Escape(text));

    /// <summary>Takes it away; what is written next starts at the beginning of the line.</summary>
    public async ValueTask HideAsync()
    {
        if (_end is { } end)
        {
            _end = null;
            _context = null;
            end.TrySetResult();
            await _spinning;
        }
    }

    public ValueTask DisposeAsync() => HideAsync();
}
