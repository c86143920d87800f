namespace Agent.Core.Native;

/// <summary>The native library that was chosen, and why.</summary>
/// <param name="LibraryFile">Full path of <c>libllama</c>.</param>
/// <param name="Backend">What kind of build it is.</param>
/// <param name="Reason">One sentence: why this one, and why not a faster one.</param>
public sealed record LlamaLibraryChoice(string LibraryFile, LlamaBackend Backend, string Reason)
{
    /// <summary>The folder with the libraries that <see cref="LibraryFile"/> needs.</summary>
    public string Directory => Path.GetDirectoryName(LibraryFile)!;
}
