namespace Agent.Host.Tests.Support;

/// <summary>A folder to run the program in, gone afterwards. The program's own folder is that of the tests, complete.</summary>
internal sealed class Workspace : IDisposable
{
    public Workspace() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"agent-host-{Guid.NewGuid():N}");

    /// <summary>The environment. One thread: several wait for each other in busy loops, which a loaded machine makes endless.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal) { ["Agent__Engine__Threads"] = "1", ["Agent__Tools__Ledger"] = "ledger.db" };

    public string Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    public Task<int> RunAsync(FakeConsole console, params string[] arguments) => new AgentApplication(new HostEnvironment
    {
        Streams = console,
        Variables = Variables,
        CurrentDirectory = Path,
        ProgramDirectory = AppContext.BaseDirectory,
    }).RunAsync(arguments);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
