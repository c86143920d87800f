using Agent.Core.Gguf;

namespace Agent.Core.Tests.Gguf;

public sealed class GgufPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_is_named_with_the_fix()
    {
        var path = Path.Combine(_folder.Root, "absent.gguf");

        var error = Assert.Throws<FileNotFoundException>(() => GgufFile.Read(path));

        Assert.StartsWith($"{path}: there is no such model file.", error.Message, StringComparison.Ordinal);
        Assert.Contains("--model", error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.FileName);
    }

    [Fact]
    public void A_missing_folder_is_a_missing_file() =>
        Assert.Throws<FileNotFoundException>(() => GgufFile.Read(Path.Combine(_folder.Root, "no", "such", "model.gguf")));

    [Fact]
    public void A_folder_names_the_one_model_inside()
    {
        Assert.Contains("Give the path of one .gguf file.", Assert.Throws<GgufFormatException>(() => GgufFile.Read(_folder.Root)).Message, StringComparison.Ordinal);

        var model = _folder.Write("model.gguf", GgufBuilder.Model().Build());

        Assert.Contains($"Give the file inside it: {model}.", Assert.Throws<GgufFormatException>(() => GgufFile.Read(_folder.Root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_is_named()
    {
        var path = _folder.Write("empty.gguf", []);

        Assert.Contains("the file is empty", Assert.Throws<GgufFormatException>(() => GgufFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_does_not_hang_or_read_for_ever()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Throws<GgufFormatException>(() => GgufFile.Read("/dev/zero"));
    }

    [Fact]
    public void Links_are_followed()
    {
        var path = _folder.Write("model.gguf", GgufBuilder.Model().Build());
        var link = Path.Combine(_folder.Root, "link.gguf");
        File.CreateSymbolicLink(link, path);

        var file = GgufFile.Read(link);

        Assert.Equal(link, file.Path);
        Assert.Equal(new FileInfo(path).Length, file.Length);
        Assert.True(file.TryGetArray("tokenizer.ggml.tokens", out var tokens));
        Assert.Equal(3, tokens.EnumerateStrings().Count());
    }

    [Fact]
    public void A_broken_link_is_a_missing_file()
    {
        var link = Path.Combine(_folder.Root, "link.gguf");
        File.CreateSymbolicLink(link, Path.Combine(_folder.Root, "gone.gguf"));

        Assert.Throws<FileNotFoundException>(() => GgufFile.Read(link));
    }

    [Fact]
    public void A_link_to_itself_is_an_error_not_a_loop()
    {
        var link = Path.Combine(_folder.Root, "link.gguf");
        File.CreateSymbolicLink(link, link);

        Assert.True(Record.Exception(() => GgufFile.Read(link)) is GgufFormatException or FileNotFoundException);
    }

    [Fact]
    public void Enumerating_a_file_that_has_changed_is_an_error()
    {
        var path = _folder.Write("model.gguf", GgufBuilder.Model().Build());
        var file = GgufFile.Read(path);
        Assert.True(file.TryGetArray("tokenizer.ggml.tokens", out var tokens));
        _folder.Write("model.gguf", GgufBuilder.Model().Text("longer", "than before").Build());

        var error = Assert.Throws<GgufFormatException>(() => tokens.EnumerateStrings().ToArray());

        Assert.Contains("has changed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_header_holds_no_file_open()
    {
        var path = _folder.Write("model.gguf", GgufBuilder.Model().Build());
        _ = GgufFile.Read(path);

        using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Assert.True(exclusive.CanWrite);
    }
}
