namespace Agent.Host.Terminal;

/// <summary>The lines of standard input, each handed to one asker. One asks at a time.</summary>
/// <param name="input">Standard input.</param>
internal sealed class TerminalLines(TextReader input)
{
    private Task<string?>? _reading;

    /// <summary>The next line; null at the end.</summary>
    /// <param name="cancellationToken">Ends the waiting. The line is not lost: whoever asks next gets it.</param>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        // Reading a terminal blocks and cannot be cancelled: a reader that nobody waits for any more still takes the next line.
        var reading = _reading ??= Task.Run(input.ReadLine, CancellationToken.None);
        await Task.WhenAny(reading).WaitAsync(cancellationToken);
        _reading = null;
        return await reading;
    }
}
