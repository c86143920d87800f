using Agent.Core.Gguf;

namespace Agent.Core.Tests.Gguf;

public sealed class GgufSplitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_whole_split_model_is_read_and_described_as_one()
    {
        var first = WriteModel();

        var file = GgufFile.Read(first);

        Assert.NotNull(file.Split);
        Assert.Equal((0, 3), (file.Split.Index, file.Split.Count));
        Assert.Equal(
            ["m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf"],
            file.Split.ListFiles().Select(path => Path.GetFileName(path)));
        var model = ModelDescription.From(file);
        model.EnsureCanGenerate();
        Assert.Equal(3, model.Files.Count);
        Assert.Equal(12 + 64 + 64, model.ParameterCount);
        Assert.Equal(model.Files.Sum(part => part.Length), model.FileSize);
    }

    [Fact]
    public void Missing_files_are_named()
    {
        var first = WriteModel();
        File.Delete(Path.Combine(_folder.Root, "m-00002-of-00003.gguf"));

        var error = Assert.Throws<FileNotFoundException>(() => GgufFile.Read(first).Split!.ReadAll());

        Assert.Contains("1 of the 3 files of this split model are missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("m-00002-of-00003.gguf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_later_file_is_found_before_native_code_opens_it()
    {
        var first = WriteModel();
        _folder.Write("m-00003-of-00003.gguf", "<html>"u8.ToArray());

        Assert.Contains("web page", Assert.Throws<GgufFormatException>(() => ModelDescription.From(GgufFile.Read(first))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_file_of_another_model_is_refused()
    {
        var first = WriteModel();
        _folder.Write("m-00002-of-00003.gguf", GgufBuilder.Model().Build());

        Assert.Contains("does not say that this is file 2 of 3", Fail(first), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_in_two_files_is_refused()
    {
        var first = WriteModel();
        _folder.Write("m-00003-of-00003.gguf", Part(2, "part1").Build());

        Assert.Contains("\"part1\" is also in an earlier file", Fail(first), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_tensor_is_noticed()
    {
        var first = WriteModel(declaredTensors: 4);

        Assert.Contains("split.tensors.count is 4, but the files hold 3 tensors", Fail(first), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_loaded_from_its_first_file()
    {
        WriteModel();

        Assert.Contains("Give " + Path.Combine(_folder.Root, "m-00001-of-00003.gguf"), Fail(Path.Combine(_folder.Root, "m-00002-of-00003.gguf")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_renamed_file_is_an_error()
    {
        var renamed = _folder.Write("renamed.gguf", First(3).Build());

        Assert.Contains("does not end with -00001-of-00003.gguf", Fail(renamed), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_split_keys_are_refused()
    {
        Refused(new GgufBuilder().UInt32("split.count", 2).UInt16("split.no", 0), "split.count must be of type u16 but is u32");
        Refused(new GgufBuilder().UInt16("split.count", 2).UInt32("split.no", 0), "split.no must be of type u16 but is u32");
        Refused(new GgufBuilder().UInt16("split.count", 2), "split.no is missing");
        Refused(new GgufBuilder().UInt16("split.count", 2).UInt16("split.no", 2), "only 2 files");
        Refused(new GgufBuilder().UInt16("split.count", 60_000).UInt16("split.no", 2), "at most 1000");
        Assert.Null(new GgufBuilder().UInt16("split.count", 1).Read().Split);
    }

    private static void Refused(GgufBuilder builder, string expected) =>
        Assert.Contains(expected, Assert.Throws<GgufFormatException>(builder.Read).Message, StringComparison.Ordinal);

    private static GgufBuilder First(int declaredTensors) => GgufBuilder.Model()
        .UInt16("split.no", 0)
        .UInt16("split.count", 3)
        .Value("split.tensors.count", GgufValueType.Int32, w => w.Write(declaredTensors));

    private static GgufBuilder Part(ushort index, string tensor) => new GgufBuilder()
        .UInt16("split.no", index)
        .UInt16("split.count", 3)
        .Weight(tensor, GgmlType.Q8_0, 64);

    private static string Fail(string path) => Assert.Throws<GgufFormatException>(() => GgufFile.Read(path).Split!.ReadAll()).Message;

    private string WriteModel(int declaredTensors = 3)
    {
        _folder.Write("m-00002-of-00003.gguf", Part(1, "part1").Build());
        _folder.Write("m-00003-of-00003.gguf", Part(2, "part2").Build());
        return _folder.Write("m-00001-of-00003.gguf", First(declaredTensors).Build());
    }
}
