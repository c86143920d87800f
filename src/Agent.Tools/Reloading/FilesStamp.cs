using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Agent.Tools.Registry;

namespace Agent.Tools.Reloading;

/// <summary>What a few files hold at one moment.</summary>
/// <param name="Content">Length and hash of each; equal for equal bytes.</param>
/// <param name="Times">When each was last written.</param>
/// <remarks>
/// The bytes are read each time rather than trusted to length and time: clocks of file systems are coarse, and a copy may keep
/// the time of its original. A tools file is small.
/// </remarks>
internal sealed record FilesStamp(string Content, string Times)
{
    /// <summary>One byte more than a tools file may have: beyond it only the length counts, as the file is refused for it.</summary>
    private const int BytesRead = ToolsFile.MaximumBytes + 1;

    internal static FilesStamp Take(IReadOnlyList<string> files) => new(
        string.Join('|', files.Select(ContentOf)),
        string.Join('|', files.Select(file => File.GetLastWriteTimeUtc(file).Ticks.ToString(CultureInfo.InvariantCulture))));

    private static string ContentOf(string file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BytesRead);
        try
        {
            // An editor may write, rename and delete meanwhile: reading must not stand in its way.
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var count = stream.ReadAtLeast(buffer.AsSpan(0, BytesRead), BytesRead, throwOnEndOfStream: false);
            return $"{stream.Length}:{Convert.ToHexString(SHA256.HashData(buffer.AsSpan(0, count)))}";
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return "absent";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "unreadable";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
