namespace Agent.Core.Inference.Scheduling;

/// <summary>Measures the parts of the steps, one after the other.</summary>
/// <remarks>Engine thread only.</remarks>
internal sealed class StepClock(TimeProvider time)
{
    private long _start;
    private long _mark;
    private long _total;
    private long _decoding;
    private long _waiting;
    private long _sampling;
    private long _delivering;

    /// <summary>The sums so far.</summary>
    public StepTimes Times => new(Span(_total), Span(_decoding), Span(_waiting), Span(_sampling), Span(_delivering));

    /// <summary>Begins a step.</summary>
    public void Begin() => _start = _mark = time.GetTimestamp();

    /// <summary>Time since the step began.</summary>
    public TimeSpan SinceBegin => Span(time.GetTimestamp() - _start);

    /// <summary>Leaves out what was done since the last mark: it counts as neither.</summary>
    public void Skip() => _mark = time.GetTimestamp();

    /// <summary>Ends the call of decode.</summary>
    public void EndDecoding() => Add(ref _decoding);

    /// <summary>Ends the handing over of tokens.</summary>
    public void EndDelivering() => Add(ref _delivering);

    /// <summary>Ends the wait for the device.</summary>
    public void EndWaiting() => Add(ref _waiting);

    /// <summary>Ends the choice of tokens.</summary>
    public void EndSampling() => Add(ref _sampling);

    /// <summary>Ends the step.</summary>
    /// <returns>What it took.</returns>
    public TimeSpan End()
    {
        var elapsed = time.GetTimestamp() - _start;
        _total += elapsed;
        return Span(elapsed);
    }

    private void Add(ref long sum)
    {
        var now = time.GetTimestamp();
        sum += now - _mark;
        _mark = now;
    }

    private TimeSpan Span(long ticks) => time.GetElapsedTime(0, ticks);
}
