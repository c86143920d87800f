using System.Globalization;
using Agent.Core.Retrieval.Ingest;

namespace Agent.Host.Terminal;

/// <summary>Shows how far an ingest is: a bar, files, rate, and the time left.</summary>
internal sealed class IngestIndicator(ActivityIndicator indicator, TimeProvider time) : IProgress<IngestProgress>
{
    private const int Width = 24;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private long _started = time.GetTimestamp();
    private long _shown;
    private int _files;

    public void Report(IngestProgress value)
    {
        var now = time.GetTimestamp();
        if (value.Files < _files || (value.Files == _files && value.Embedded == 0))
        {
            // The next run of a watch.
            _started = now;
        }

        _files = value.Files;
        if ((value.Files == value.TotalFiles && value.Embedded == 0) || time.GetElapsedTime(_shown, now) >= Interval)
        {
            _shown = now;
            indicator.Show(Describe(value, time.GetElapsedTime(_started, now)));
        }
    }

    /// <summary>The words for a state.</summary>
    public static string Describe(IngestProgress progress, TimeSpan elapsed)
    {
        if (progress.Embedded > 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"embedding  {progress.Embedded:N0} passages");
        }

        var share = progress.TotalBytes == 0 ? 1 : (double)progress.Bytes / progress.TotalBytes;
        var filled = (int)(share * Width);
        var seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        var left = share > 0 ? TimeSpan.FromSeconds(Math.Min(seconds / share * (1 - share), TimeSpan.FromDays(9).TotalSeconds)) : TimeSpan.Zero;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{new string('█', filled)}{new string('░', Width - filled)} {share * 100:0} %  {progress.Files:N0} of {progress.TotalFiles:N0} files  {progress.Chunks / seconds:N0} passages/s  {Left(left)} left");
    }

    private static string Left(TimeSpan span) => span.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{span.Minutes}:{span.Seconds:00}");
}
