using Agent.Tools.Masking;
using Agent.Tools.Yaml;

namespace Agent.Tools.Registry;

/// <summary>
/// A tools file (<c>tools.yaml</c>) as data: every entry is checked except for what only its kind knows. Immutable.
/// </summary>
/// <remarks>
/// The file is plain data: no tags, no aliases, one document, at most 256 KB. Unknown and duplicate keys are errors.
/// </remarks>
public sealed class ToolsFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaximumBytes = 256 * 1024;

    private ToolsFile(string fileName, ToolsFileContent content)
    {
        FileName = fileName;
        Tools = content.Tools;
        Rejected = content.Rejected;
        Mask = content.Mask;
    }

    /// <summary>The file as it was named by the caller.</summary>
    public string FileName { get; }

    /// <summary>The entries in file order; their names are unique.</summary>
    public IReadOnlyList<ToolDefinition> Tools { get; }

    /// <summary>What the file declares as secret.</summary>
    public SecretMask Mask { get; }

    /// <summary>Entries without a name, or with that of another; their problems are among those of the file.</summary>
    internal IReadOnlyList<ToolDefinition> Rejected { get; }

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file; messages name it as it is given here.</param>
    /// <exception cref="ToolsFileException">The file is missing, unreadable or wrong; all problems are listed.</exception>
    public static ToolsFile Load(string path)
    {
        var problems = new ToolProblems();
        var file = Load(path, problems);
        problems.ThrowIfAny();
        return file;
    }

    /// <summary>Checks a text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="fileName">The name that messages give it.</param>
    /// <exception cref="ToolsFileException">The text is wrong; all problems are listed.</exception>
    public static ToolsFile Parse(string text, string fileName)
    {
        var problems = new ToolProblems();
        var file = Parse(text, fileName, problems);
        problems.ThrowIfAny();
        return file;
    }

    /// <summary>As <see cref="Load(string)"/>, with the problems collected and the entries that could be read.</summary>
    internal static ToolsFile Load(string path, ToolProblems problems)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var start = new SourcePosition(path, 1, 1);
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MaximumBytes)
            {
                problems.Add(start, $"the file has {stream.Length} bytes, more than {MaximumBytes}", "Split it into several tools files");
                return new ToolsFile(path, ToolsFileContent.Empty);
            }

            using var reader = new StreamReader(stream);
            return Parse(reader.ReadToEnd(), path, problems);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(start, "the file does not exist", "Create it, or name another with --tools");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(start, "the file cannot be read", "Check that it is a file and that this process may read it");
        }

        return new ToolsFile(path, ToolsFileContent.Empty);
    }

    internal static ToolsFile Parse(string text, string fileName, ToolProblems problems)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        if (System.Text.Encoding.UTF8.GetByteCount(text) > MaximumBytes)
        {
            problems.Add(new SourcePosition(fileName, 1, 1), $"the file has more than {MaximumBytes} bytes", "Split it into several tools files");
            return new ToolsFile(fileName, ToolsFileContent.Empty);
        }

        var root = YamlDocumentReader.Read(text, fileName, problems);
        return new ToolsFile(fileName, ToolsFileReader.Read(root, new SourcePosition(fileName, 1, 1), problems));
    }
}
