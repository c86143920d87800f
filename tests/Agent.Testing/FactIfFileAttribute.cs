using Xunit;

namespace Agent.Testing;

/// <summary>A test of a file that is not always there; it is skipped with the reason where it is not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactIfFileAttribute : FactAttribute
{
    public FactIfFileAttribute(string path, string howToGetIt)
    {
        Path = path;
        HowToGetIt = howToGetIt;
        if (!File.Exists(System.IO.Path.Combine(Repository.Root, path)))
        {
            Skip = $"{path} is not there; {howToGetIt}.";
        }
    }

    public string Path { get; }

    public string HowToGetIt { get; }
}
