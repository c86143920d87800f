namespace Agent.Host.Configuration;

/// <summary>
/// Reads the configuration: <c>appsettings.json</c> beside the program, then the one of the current folder, then environment
/// variables, then options. A later source wins.
/// </summary>
internal static class SettingsLoader
{
    /// <summary>Reads and checks everything under <c>Agent</c>.</summary>
    /// <param name="programDirectory">The folder of the program.</param>
    /// <param name="currentDirectory">The folder that relative paths count from first.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="options">What the command line gives: key, value and the option's name.</param>
    /// <exception cref="SettingsException">Something is wrong; all problems are listed.</exception>
    public static AgentSettings Load(
        string programDirectory,
        string currentDirectory,
        IReadOnlyDictionary<string, string> variables,
        IEnumerable<(string Key, string Value, string Option)> options)
    {
        string[] folders = [.. new[] { programDirectory, currentDirectory }.Select(Normalise).Distinct(StringComparer.Ordinal)];
        JsonSettings[] files = [.. folders.Select(folder => new JsonSettings(folder))];
        (string Key, string Value, string Option)[] given = [.. options];
        var tree = new SettingsTree([.. files, new EnvironmentSettings(variables), new CommandLineSettings(given)]);
        var settings = new SettingsBinder(tree).Bind();
        if (tree.Problems.Count > 0)
        {
            throw new SettingsException(tree.Problems);
        }

        return settings with
        {
            SearchFolders = [Normalise(currentDirectory), Normalise(programDirectory)],
            Sources =
            [
                .. files.Where(file => File.Exists(file.FilePath)).Select(file => file.FilePath),
                .. variables.Keys.Where(name => name.StartsWith("Agent__", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Select(name => $"environment variable {name}"),
                .. given.Select(option => $"option {option.Option}"),
            ],
        };
    }

    private static string Normalise(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
}
