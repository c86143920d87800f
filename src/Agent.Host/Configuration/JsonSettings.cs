using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace Agent.Host.Configuration;

/// <summary>An <c>appsettings.json</c>, where there is one.</summary>
internal sealed class JsonSettings : JsonConfigurationProvider, IConfigurationSource, ISettingSource
{
    public const string FileName = "appsettings.json";

    public JsonSettings(string directory)
        : base(SourceOf(directory)) => FilePath = Path.Combine(directory, FileName);

    /// <summary>The file.</summary>
    public string FilePath { get; }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <inheritdoc/>
    /// <exception cref="SettingsException">The file cannot be read, or is not JSON.</exception>
    public override void Load()
    {
        try
        {
            base.Load();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            var reason = e.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new SettingsException([$"{FilePath} cannot be read: {reason}. Correct the file, or remove it."]);
        }
    }

    public string Describe(string key) => FilePath;

    private static JsonConfigurationSource SourceOf(string directory) => new()
    {
        FileProvider = new PhysicalFileProvider(directory),
        Path = FileName,
        Optional = true,
        ReloadOnChange = false,
    };
}
