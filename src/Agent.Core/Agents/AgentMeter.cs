using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>Counts the tokens and the time of one run.</summary>
internal sealed class AgentMeter(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private TimeSpan? _firstToken;
    private TimeSpan? _firstText;

    public UsageDetails Usage { get; } = new();

    public BusyTime ModelTime { get; } = new(time);

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public void Saw(AIContent content)
    {
        if (content is UsageContent)
        {
            return;
        }

        _firstToken ??= Elapsed;
        if (content is TextContent { Text.Length: > 0 })
        {
            _firstText ??= Elapsed;
        }
    }

    public void Add(UsageDetails? usage)
    {
        if (usage is not null)
        {
            Usage.Add(usage);
        }
    }

    public AgentTimings ToTimings(BusyTime toolTime) => new(_firstToken, _firstText, ModelTime.Total, toolTime.Total);
}
