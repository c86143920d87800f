using System.Security.Cryptography;
using Agent.Core.Gguf;
using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Core.Tests.Gguf;
using Agent.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Inference;

public sealed class LlamaModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-model").FullName;
    private readonly LlamaRuntime _runtime = LlamaRuntime.Load(new LlamaRuntimeOptions(), NullLogger.Instance);

    [Fact]
    public async Task Loading_reports_progress_up_to_the_end()
    {
        var seen = new List<float>();

        using var model = await LoadAsync(Repository.EmbeddedModel, progress: new Recorder(seen));

        Assert.Equal(1, seen[^1]);
        Assert.Equal(seen.Order(), seen);
        Assert.Equal("qwen2", model.Description.Architecture);
        Assert.False(model.OnGpu && model.Runtime.Choice.Backend == LlamaBackend.Cpu);
    }

    [Fact]
    public async Task A_load_can_be_cancelled_on_its_way()
    {
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LoadAsync(Repository.EmbeddedModel, progress: new Canceller(cancel), token: cancel.Token));
    }

    [Fact]
    public async Task A_receiver_of_the_progress_that_throws_ends_the_load_with_its_error() =>
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => LoadAsync(Repository.EmbeddedModel, progress: new Thrower()));

    [Fact]
    public async Task A_pinned_hash_is_checked()
    {
        var error = await Assert.ThrowsAsync<LlamaException>(() => LoadAsync(Repository.EmbeddedModel, sha256: new string('0', 64)));

        Assert.Contains("Agent:Model:Sha256", error.Message, StringComparison.Ordinal);
        var actual = error.Message.Split("SHA-256 ")[1][..64];
        using var model = await LoadAsync(Repository.EmbeddedModel, sha256: actual.ToUpperInvariant());
    }

    [Fact]
    public async Task A_pinned_hash_is_checked_before_the_file_is_parsed()
    {
        var path = Path.Combine(_folder, "page.gguf");
        await File.WriteAllTextAsync(path, "<!DOCTYPE html><html></html>");

        Assert.Contains("is pinned", (await Assert.ThrowsAsync<LlamaException>(() => LoadAsync(path, sha256: new string('0', 64)))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<GgufFormatException>(() => LoadAsync(path, sha256: HashOf(path)));
    }

    [Fact]
    public async Task Of_a_split_model_every_file_is_checked()
    {
        string[] parts = [.. Enumerable.Range(1, 3).Select(i => Path.Combine(_folder, $"m-{i:D5}-of-00003.gguf"))];
        foreach (var part in parts)
        {
            await File.WriteAllTextAsync(part, part);
        }

        var hashes = parts.Select(HashOf).ToList();
        Assert.Contains(
            "is a model of 3 files by its name, and 1 SHA-256 is pinned",
            (await Assert.ThrowsAsync<LlamaException>(() => LoadAsync(parts[0], sha256: hashes[0]))).Message,
            StringComparison.Ordinal);

        // With the right ones, parsing is what fails.
        await Assert.ThrowsAsync<GgufFormatException>(() => LoadAsync(parts[0], sha256: string.Join(", ", hashes)));
        await File.AppendAllTextAsync(parts[2], "changed");
        Assert.Contains(
            $"'{parts[2]}' has SHA-256 {HashOf(parts[2])}",
            (await Assert.ThrowsAsync<LlamaException>(() => LoadAsync(parts[0], sha256: string.Join(',', hashes)))).Message,
            StringComparison.Ordinal);
        File.Delete(parts[1]);
        Assert.Contains(parts[1], (await Assert.ThrowsAsync<FileNotFoundException>(() => LoadAsync(parts[0], sha256: string.Join(',', hashes)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_hashes_for_one_file_are_refused() =>
        Assert.Contains(
            "is a model of 1 file by its name, and 2 SHA-256 are pinned",
            (await Assert.ThrowsAsync<LlamaException>(() => LoadAsync(Repository.EmbeddedModel, sha256: $"{new string('0', 64)},{new string('1', 64)}"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task A_missing_file_is_named() =>
        Assert.Contains("nowhere.gguf", (await Assert.ThrowsAsync<FileNotFoundException>(() => LoadAsync(Path.Combine(_folder, "nowhere.gguf")))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_file_of_another_kind_is_refused_before_native_code_sees_it()
    {
        var path = Path.Combine(_folder, "page.gguf");
        await File.WriteAllTextAsync(path, "<!DOCTYPE html><html></html>");

        await Assert.ThrowsAsync<GgufFormatException>(() => LoadAsync(path));
    }

    [Fact]
    public async Task A_truncated_file_is_refused_before_native_code_sees_it()
    {
        var path = Path.Combine(_folder, "half.gguf");
        await using (var source = File.OpenRead(Repository.EmbeddedModel))
        {
            var half = new byte[source.Length / 2];
            await source.ReadExactlyAsync(half);
            await File.WriteAllBytesAsync(path, half);
        }

        await Assert.ThrowsAsync<GgufFormatException>(() => LoadAsync(path));
    }

    [Fact]
    public async Task An_architecture_that_llama_cpp_does_not_know_is_an_error_that_names_it()
    {
        var path = Path.Combine(_folder, "other.gguf");
        await File.WriteAllBytesAsync(path, GgufBuilder.Model("warpdrive").Build());

        var error = await Assert.ThrowsAsync<LlamaException>(() => LoadAsync(path));

        Assert.Contains("warpdrive", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vocabulary_without_weights_cannot_generate() =>
        await Assert.ThrowsAnyAsync<Exception>(() => LoadAsync(Repository.QwenVocabulary));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private Task<LlamaModel> LoadAsync(string path, string? sha256 = null, IProgress<float>? progress = null, CancellationToken token = default) =>
        LlamaModel.LoadAsync(_runtime, new LlamaModelOptions { Path = path, Sha256 = sha256 }, progress, NullLogger.Instance, token);

    private sealed class Recorder(List<float> seen) : IProgress<float>
    {
        public void Report(float value) => seen.Add(value);
    }

    private sealed class Canceller(CancellationTokenSource source) : IProgress<float>
    {
        public void Report(float value) => source.Cancel();
    }

    private sealed class Thrower : IProgress<float>
    {
        public void Report(float value) => throw new InvalidTimeZoneException();
    }
}
