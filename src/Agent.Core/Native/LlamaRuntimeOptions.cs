namespace Agent.Core.Native;

/// <summary>How the native library is chosen.</summary>
public sealed record LlamaRuntimeOptions
{
    /// <summary>
    /// A <c>libllama</c> file, or the folder that holds it. It wins over every other rule and is not probed: whoever
    /// names a library answers for its fit. Default: null, the libraries beside the program.
    /// </summary>
    public string? LibraryPath { get; init; }

    /// <summary>Which of the libraries beside the program to take.</summary>
    /// <value>Default <see cref="LlamaBackend.Auto"/>.</value>
    public LlamaBackend Backend { get; init; } = LlamaBackend.Auto;

    /// <summary>The folder whose subfolders hold one build each.</summary>
    /// <value>Default: <c>llama</c> beside the program.</value>
    public string SearchDirectory { get; init; } = Path.Combine(AppContext.BaseDirectory, "llama");
}
