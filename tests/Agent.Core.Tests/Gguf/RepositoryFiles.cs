namespace Agent.Core.Tests.Gguf;

/// <summary>Finds files of the repository from wherever the tests were built to.</summary>
internal static class RepositoryFiles
{
    public static string Locate(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Agent.sln")))
            {
                return Path.Combine([folder.FullName, .. parts]);
            }
        }

        throw new DirectoryNotFoundException("The tests run outside the repository: no folder above them holds Agent.sln.");
    }
}
