using System.Globalization;

namespace Agent.Tools.Tests.Process;

/// <summary>What the machine says about processes.</summary>
internal static class Processes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Waits for a file that a program writes process ids to, one a line.</summary>
    public static async Task<int[]> IdsAsync(string file, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var lines = File.Exists(file) ? await File.ReadAllTextAsync(file, patience.Token) : string.Empty;
            if (lines.EndsWith('\n') && lines.Split('\n').Length > count)
            {
                return [.. lines.Trim().Split('\n').Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
            }

            await Task.Delay(5, patience.Token);
        }
    }

    /// <summary>Waits until none of the processes runs.</summary>
    public static async Task GoneAsync(params int[] ids)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (Array.Exists(ids, IsRunning))
        {
            await Task.Delay(5, patience.Token);
        }
    }

    /// <summary>Waits until no child that ended is left unasked for.</summary>
    public static async Task ReapedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (Zombies() > 0)
        {
            await Task.Delay(5, patience.Token);
        }
    }

    /// <summary>Whether the process is there and has not ended; who adopts orphans need not have asked for their end yet.</summary>
    public static bool IsRunning(int id) => Stat(id) is { } stat && stat.State is not ("Z" or "X");

    /// <summary>Children of this process that ended and that nobody asked for.</summary>
    public static int Zombies() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Stat(id) : null)
        .Count(stat => stat is { State: "Z" } && stat.Value.Parent == Environment.ProcessId);

    /// <summary>Open pipes of this process.</summary>
    public static int Pipes() => Directory.EnumerateFiles("/proc/self/fd").Count(file =>
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name.StartsWith("pipe:", StringComparison.Ordinal) is true;
        }
        catch (IOException)
        {
            return false;
        }
    });

    private static (string State, int Parent)? Stat(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }
}

/// <summary>One after the other: they count the children of this process.</summary>
[CollectionDefinition("process")]
public sealed class ProcessCollection;
