using Agent.Tools.Programs;

namespace Agent.Tools.Tests.Support;

/// <summary>A test that runs programs of a Unix machine; it is skipped with the reason where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactIfProgramAttribute : FactAttribute
{
    public FactIfProgramAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = Missing(programs);
        Timeout = 20_000;
    }

    public IReadOnlyList<string> Programs { get; }

    internal static string? Missing(IEnumerable<string> programs)
    {
        if (OperatingSystem.IsWindows())
        {
            return "the programs of this test are those of Unix.";
        }

        var search = new ProgramSearch(Environment.GetEnvironmentVariable("PATH"));
        var missing = programs.Where(program => search.Find(program) is null).ToList();
        return missing.Count == 0 ? null : $"{string.Join(", ", missing)} is not in PATH; install it.";
    }
}
