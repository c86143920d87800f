namespace Agent.Testing;

/// <summary>Files of the repository that tests read.</summary>
public static class Repository
{
    /// <summary>The folder that holds Agent.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary>The model that ships with the product.</summary>
    public static string EmbeddedModel => Path.Combine(Root, "models", "agent-mini.gguf");

    /// <summary>Qwen2.5's vocabulary without weights.</summary>
    public static string QwenVocabulary => Path.Combine(Root, "tests", "data", "qwen2.5-vocab.gguf");

    /// <summary>A file or folder of the repository.</summary>
    /// <param name="parts">Its path, relative to <see cref="Root"/>.</param>
    public static string Locate(params string[] parts) => Path.Combine([Root, .. parts]);

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
