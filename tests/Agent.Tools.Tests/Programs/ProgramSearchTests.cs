using Agent.Tools.Programs;

namespace Agent.Tools.Tests.Programs;

public sealed class ProgramSearchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-search-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Relative_folders_of_the_path_are_passed_over()
    {
        var program = Write("mine", canRun: true);
        Assert.Null(new ProgramSearch(Path.GetRelativePath(Environment.CurrentDirectory, _folder)).Find("mine"));
        Assert.Equal(program, new ProgramSearch($".{Path.PathSeparator}{_folder}").Find("mine"));
    }

    [Fact]
    public void A_file_that_may_not_be_run_is_passed_over_and_completes_a_path()
    {
        var file = Write("mine", canRun: false);
        Assert.Equal(OperatingSystem.IsWindows() ? file : null, new ProgramSearch(_folder, isWindows: false).Find("mine"));
        Assert.Equal(file, new ProgramSearch(_folder, isWindows: false).Complete(file));
    }

    [Fact]
    public void Without_a_path_the_usual_folders_are_searched_on_unix_only()
    {
        Assert.Equal(new ProgramSearch("/usr/local/bin:/usr/bin:/bin", isWindows: false).Find("sh"), new ProgramSearch(null, isWindows: false).Find("sh"));
        Assert.Null(new ProgramSearch(null, isWindows: true).Find("sh"));
    }

    [Theory]
    [InlineData("tool", "tool.exe")]
    [InlineData("tool.exe", "tool.exe")]
    [InlineData("script", null)]
    [InlineData("script.cmd", "script.cmd")]
    public void A_name_may_leave_out_its_ending_on_windows(string name, string? expected)
    {
        foreach (var file in new[] { "tool.exe", "tool.exe.exe", "script.cmd", "script.cmd.exe" })
        {
            Write(file, canRun: true);
        }

        // Separator and endings are those of Windows, the folder is one of this machine.
        Assert.Equal(expected is null ? null : Path.Combine(_folder, expected), new ProgramSearch($"relative;{_folder}", isWindows: true).Find(name));
        Assert.Equal(Path.Combine(_folder, "script.cmd"), new ProgramSearch(_folder, isWindows: true, [".cmd"]).Find("script"));
    }

    [Theory]
    [InlineData("run.bat", true)]
    [InlineData("RUN.CMD", true)]
    [InlineData("run.cmd. .", true)]
    [InlineData("run.exe", false)]
    [InlineData("cmd", false)]
    public void Batch_files_are_told_whatever_hides_their_ending(string path, bool isOne) => Assert.Equal(isOne, BatchFile.Is(path));

    private string Write(string name, bool canRun)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, "#!/bin/sh\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, canRun ? UnixFileMode.UserRead | UnixFileMode.UserExecute : UnixFileMode.UserRead);
        }

        return file;
    }
}
