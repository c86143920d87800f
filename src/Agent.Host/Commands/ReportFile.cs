using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary>A file for results that an option names. Its place is checked before the run: hours of work should not be lost to a wrong path.</summary>
internal sealed class ReportFile
{
    private readonly string _option;
    private readonly string _path;

    private ReportFile(string option, string path)
    {
        _option = option;
        _path = path;
    }

    /// <summary>The file that an option names; null where it names none.</summary>
    /// <param name="option">The option, such as <c>--report</c>.</param>
    /// <param name="value">What was written for it; a relative path begins in the current folder.</param>
    /// <param name="environment">Knows the current folder.</param>
    /// <exception cref="UsageException">There can be no such file.</exception>
    public static ReportFile? Find(string option, string? value, HostEnvironment environment)
    {
        if (value is null)
        {
            return null;
        }

        var path = Path.GetFullPath(value, environment.CurrentDirectory);
        if (Directory.Exists(path))
        {
            throw new UsageException($"{option}: '{path}' is a folder. Name a file.");
        }

        return Directory.Exists(Path.GetDirectoryName(path))
            ? new ReportFile(option, path)
            : throw new UsageException($"{option}: there is no folder '{Path.GetDirectoryName(path)}'. Make it first, or name another one.");
    }

    /// <summary>Writes the results, in place of what the file held. It cannot be cancelled: what is done so far is to be kept.</summary>
    /// <param name="content">All that is to stand in the file.</param>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> content)
    {
        try
        {
            await File.WriteAllBytesAsync(_path, content, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{_option} '{_path}' cannot be written: {e.Message.TrimEnd('.')}. Name another file.");
        }
    }
}
