using Agent.Host.Configuration;
using Agent.Host.Tests.Support;

namespace Agent.Host.Tests.Configuration;

/// <summary>A folder of the program and a current folder, from which settings are loaded; no variable is set.</summary>
internal sealed class SettingsHome : IDisposable
{
    private readonly Workspace _workspace = new();

    public SettingsHome()
    {
        Program = Directory.CreateDirectory(Path.Combine(_workspace.Path, "program")).FullName;
        Current = Directory.CreateDirectory(Path.Combine(_workspace.Path, "current")).FullName;
        Variables.Clear();
    }

    /// <summary>Where the program lies: <c>program/</c> in <see cref="Write"/>.</summary>
    public string Program { get; }

    /// <summary>Where it is run: <c>current/</c> in <see cref="Write"/>.</summary>
    public string Current { get; }

    /// <summary>The environment.</summary>
    public Dictionary<string, string> Variables => _workspace.Variables;

    public string Write(string name, string text) => _workspace.Write(name, text);

    public AgentSettings Load(params (string Key, string Value, string Option)[] options) => SettingsLoader.Load(Program, Current, Variables, options);

    public IReadOnlyList<string> Problems(params (string Key, string Value, string Option)[] options) => Assert.Throws<SettingsException>(() => Load(options)).Problems;

    public void Dispose() => _workspace.Dispose();
}
