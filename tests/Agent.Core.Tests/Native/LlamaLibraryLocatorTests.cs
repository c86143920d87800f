using Agent.Core.Native;

namespace Agent.Core.Tests.Native;

public sealed class LlamaLibraryLocatorTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("agent-locator").FullName;

    public LlamaLibraryLocatorTests()
    {
        AddBuild("linux-x64", "libggml-cpu-x64.so");
        AddBuild("linux-x64-cuda", "libggml-cuda.so");
        AddBuild("linux-x64-vulkan", "libggml-vulkan.so");
    }

    [Fact]
    public void Cuda_is_taken_where_it_can_run()
    {
        var choice = Locate(new LlamaRuntimeOptions { SearchDirectory = _root }, cuda: true);

        Assert.Equal(LlamaBackend.Cuda, choice.Backend);
        Assert.Contains("judged", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Else_the_next_best_with_the_reason_why_not()
    {
        var choice = Locate(new LlamaRuntimeOptions { SearchDirectory = _root }, cuda: false);

        Assert.Equal(LlamaBackend.Cpu, choice.Backend);
        Assert.Contains("linux-x64-cuda: judged", choice.Reason, StringComparison.Ordinal);
        Assert.Contains("no Vulkan loader is installed", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_explicit_file_or_folder_wins_without_a_verdict()
    {
        var folder = Path.Combine(_root, "linux-x64-cuda");

        Assert.Equal(folder, Locate(new LlamaRuntimeOptions { LibraryPath = folder }, cuda: false).Directory);
        Assert.Equal(folder, Locate(new LlamaRuntimeOptions { LibraryPath = Path.Combine(folder, LibraryName) }, cuda: false).Directory);
    }

    [Fact]
    public void What_is_missing_is_named_with_the_fix()
    {
        Assert.Contains("Agent:Native:LibraryPath", Error(new LlamaRuntimeOptions { LibraryPath = Path.Combine(_root, "nowhere") }), StringComparison.Ordinal);
        Assert.Contains("holds no llama library", Error(new LlamaRuntimeOptions { LibraryPath = _root }), StringComparison.Ordinal);
        Assert.Contains("-p:LlamaBackend=cpu", Error(new LlamaRuntimeOptions { SearchDirectory = Path.Combine(_root, "nowhere") }), StringComparison.Ordinal);
        Assert.Contains("-p:LlamaBackend=metal", Error(new LlamaRuntimeOptions { SearchDirectory = _root, Backend = LlamaBackend.Metal }), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string LibraryName => OperatingSystem.IsWindows() ? "llama.v0.5.0.dll" : OperatingSystem.IsMacOS() ? "libllama.v0.5.0.dylib" : "libllama.v0.5.0.so";

    private static LlamaLibraryChoice Locate(LlamaRuntimeOptions options, bool cuda) =>
        LlamaLibraryLocator.Locate(options, _ => new CudaVerdict(cuda, "judged"), () => false);

    private static string Error(LlamaRuntimeOptions options) => Assert.Throws<LlamaException>(() => Locate(options, cuda: false)).Message;

    private void AddBuild(string name, string backend)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        File.WriteAllBytes(Path.Combine(folder, LibraryName), []);
        File.WriteAllBytes(Path.Combine(folder, backend), []);
    }
}
