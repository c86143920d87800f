using Microsoft.Win32.SafeHandles;

namespace Agent.Core.Gguf;

/// <summary>A file on disk.</summary>
internal sealed class GgufFileSource : GgufSource
{
    private const string ChangedFix = "Stop whatever writes to it, then load the model again.";

    private readonly DateTime _written;

    private GgufFileSource(string path, long length, DateTime written)
        : base(path, length)
    {
        _written = written;
    }

    /// <summary>Looks at the file without opening it: a named pipe or a device would block a reader for ever.</summary>
    public static GgufFileSource Locate(string path)
    {
        if (Directory.Exists(path))
        {
            throw new GgufFormatException(path, null, "this is a folder, not a model file", FixForFolder(path));
        }

        FileInfo file;
        try
        {
            file = new FileInfo(path);
            file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            if (file.Length == 0)
            {
                throw new GgufFormatException(path, 0, "the file is empty", "Download the model again; the first attempt wrote nothing.");
            }

            return new GgufFileSource(path, file.Length, file.LastWriteTimeUtc);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Denied(path, e);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or PathTooLongException)
        {
            throw new GgufFormatException(path, null, "this is not a valid path", "Give the path of a .gguf file.", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(path);
        }
        catch (IOException e)
        {
            throw Unreadable(path, e);
        }
    }

    public override Pass Open()
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(Name, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Denied(Name, e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(Name);
        }
        catch (IOException e)
        {
            throw Unreadable(Name, e);
        }

        try
        {
            if (RandomAccess.GetLength(handle) != Length || File.GetLastWriteTimeUtc(handle) != _written)
            {
                throw new GgufFormatException(Name, null, "the file has changed since its header was read", ChangedFix);
            }

            return new FilePass(this, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static FileNotFoundException Missing(string path) => new(
        $"{path}: there is no such model file. Give the path of a .gguf file (option --model, or Agent:Model:Path in the configuration).",
        path);

    private static UnauthorizedAccessException Denied(string path, Exception cause) => new(
        $"{path}: the model file may not be read by this account. Grant it read permission on the file and on the folders above it.",
        cause);

    private static GgufFormatException Unreadable(string path, IOException cause) => new(
        path, null, $"the file cannot be read: {cause.Message.TrimEnd('.')}", "Close other programs that hold it open and check the disk, then try again.", cause);

    private static string FixForFolder(string path)
    {
        try
        {
            var models = Directory.EnumerateFiles(path, "*.gguf").Take(2).ToArray();
            return models is [var only]
                ? $"Give the file inside it: {only}."
                : "Give the path of one .gguf file.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "Give the path of one .gguf file.";
        }
    }

    private sealed class FilePass(GgufFileSource owner, SafeFileHandle handle) : Pass
    {
        public override int Read(long offset, Span<byte> buffer)
        {
            try
            {
                return RandomAccess.Read(handle, buffer, offset);
            }
            catch (IOException e)
            {
                throw Unreadable(owner.Name, e);
            }
        }

        public override void Dispose()
        {
            handle.Dispose();
            base.Dispose();
        }
    }
}
