namespace Agent.Core.Inference.Scheduling.Offload;

/// <summary>A rate as it was seen lately.</summary>
internal sealed class RunningRate
{
    private const double WeightOfNew = 0.25;
    private const double Fading = 1.0 / 16384;
    private readonly double _assumed;
    private bool _isMeasured;

    /// <summary>Creates a rate.</summary>
    /// <param name="assumed">What it is taken for until something was measured, for each second.</param>
    public RunningRate(double assumed) => Value = _assumed = assumed;

    /// <summary>For each second.</summary>
    public double Value { get; private set; }

    /// <summary>Notes what was done in a time; a time that the clock cannot tell from none says nothing.</summary>
    public void Add(double amount, TimeSpan time)
    {
        if (time <= TimeSpan.Zero)
        {
            return;
        }

        // The mean of times, not of rates: what is estimated is a time, and a lucky measurement must not make it short.
        var rate = amount / time.TotalSeconds;
        Value = _isMeasured ? 1 / (((1 - WeightOfNew) / Value) + (WeightOfNew / rate)) : rate;
        _isMeasured = true;
    }

    /// <summary>
    /// Goes a little back to what was assumed. What looks too slow is not done and so not measured again: without this, one bad measurement would
    /// rule it out for ever. By factors, since it may be wrong by several.
    /// </summary>
    public void Fade() => Value *= Math.Pow(_assumed / Value, Fading);
}
