namespace Agent.Host.Tests.Support;

/// <summary>Input that is made while it is read; each step may wait for something before it gives its line, null for the end.</summary>
internal sealed class ScriptedReader(params Func<string?>[] steps) : TextReader
{
    private int _next;

    public override string? ReadLine() => _next < steps.Length ? steps[_next++]() : null;
}
