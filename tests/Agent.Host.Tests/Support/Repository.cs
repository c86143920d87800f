namespace Agent.Host.Tests.Support;

/// <summary>Files of the repository that tests read.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Agent.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Agent.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests must run inside the repository: no folder above them holds Agent.sln.");
    }
}
