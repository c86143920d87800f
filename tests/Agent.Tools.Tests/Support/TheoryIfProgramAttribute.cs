namespace Agent.Tools.Tests.Support;

/// <summary>As <see cref="FactIfProgramAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TheoryIfProgramAttribute : TheoryAttribute
{
    public TheoryIfProgramAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = FactIfProgramAttribute.Missing(programs);
        Timeout = 20_000;
    }

    public IReadOnlyList<string> Programs { get; }
}
