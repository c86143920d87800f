namespace Agent.Core.Inference.Scheduling.Offload;

/// <summary>What is cheaper, moving a state or computing its tokens, by what this engine has really seen.</summary>
internal sealed class OffloadCosts(OffloadOptions options)
{
    /// <summary>Smaller steps are answers, whose time says nothing about prompts.</summary>
    public const int LeastTokensToMeasure = 64;

    private readonly RunningRate _save = new(options.AssumedBytesPerSecond);
    private readonly RunningRate _restore = new(options.AssumedBytesPerSecond);
    private readonly RunningRate _prefill = new(options.AssumedTokensPerSecond);

    /// <summary>Bytes a second of saves.</summary>
    public double SaveRate => _save.Value;

    /// <summary>Bytes a second of restores.</summary>
    public double RestoreRate => _restore.Value;

    /// <summary>Tokens a second of prompts.</summary>
    public double PrefillRate => _prefill.Value;

    /// <summary>Notes how long a save took.</summary>
    public void AddSave(long bytes, TimeSpan time) => _save.Add(bytes, time);

    /// <summary>Notes how long a restore took.</summary>
    public void AddRestore(long bytes, TimeSpan time) => _restore.Add(bytes, time);

    /// <summary>Notes how long a step took.</summary>
    public void AddStep(int tokens, TimeSpan time)
    {
        if (tokens >= LeastTokensToMeasure)
        {
            _prefill.Add(tokens, time);
        }

        _save.Fade();
        _restore.Fade();
    }

    /// <summary>Whether to have the state later is worth saving it now: save and restore together must be cheaper than computing.</summary>
    /// <param name="bytes">Size of the state.</param>
    /// <param name="tokens">Tokens that would be lost without it.</param>
    /// <param name="othersWait">Whether answers are being written, which wait meanwhile.</param>
    public bool IsSaveWorth(long bytes, int tokens, bool othersWait)
    {
        var seconds = bytes / SaveRate;
        return !(othersWait && seconds > options.MostPause.TotalSeconds) && seconds + (bytes / RestoreRate) < tokens / PrefillRate;
    }

    /// <summary>Whether a restore is cheaper than computing.</summary>
    /// <param name="bytes">Size of the state.</param>
    /// <param name="tokens">Tokens that would be computed without it.</param>
    public bool IsRestoreWorth(long bytes, int tokens) => bytes / RestoreRate < tokens / PrefillRate;
}
