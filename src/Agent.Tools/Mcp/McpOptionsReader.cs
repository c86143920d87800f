using Agent.Tools.Http;
using Agent.Tools.Http.Authentication;
using Agent.Tools.Programs;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.Mcp;

/// <summary>Reads the options of one <c>kind: mcp</c> entry.</summary>
internal sealed class McpOptionsReader
{
    private static readonly TimeSpan ShortestStart = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DefaultStart = TimeSpan.FromSeconds(20);

    private static readonly string[] ProgramKeys = ["args", "env", "cwd"];
    private static readonly string[] HttpKeys = ["headers", "auth", "allow_private_network"];

    // What a server cannot well do without.
    private static readonly string[] UnixVariables =
        ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"];

    private static readonly string[] WindowsVariables =
    [
        "PATH", "PATHEXT", "SystemRoot", "SystemDrive", "windir", "ComSpec", "TEMP", "TMP", "USERNAME", "USERPROFILE", "HOMEDRIVE",
        "HOMEPATH", "APPDATA", "LOCALAPPDATA", "ProgramData", "ProgramFiles", "ProgramFiles(x86)", "PROCESSOR_ARCHITECTURE",
    ];

    // What the protocol itself writes into these is not for a file to change.
    private static readonly HashSet<string> ProtocolHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Last-Event-ID", "Mcp-Session-Id", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name",
    };

    private readonly ToolDefinition _definition;
    private readonly TemplateScope _scope;
    private readonly MappingReader _reader;

    private McpOptionsReader(ToolDefinition definition, ToolKindContext context)
    {
        _definition = definition;
        _scope = new TemplateScope(definition, context);
        _reader = context.ReadOptions(definition);
    }

    /// <summary>The options, or null after a problem.</summary>
    internal static McpOptions? Read(ToolDefinition definition, ToolKindContext context) => new McpOptionsReader(definition, context).Read();

    private McpOptions? Read()
    {
        var problems = _scope.Context.Problems;
        var before = problems.Count;
        if (_definition.Parameters is not null)
        {
            _scope.Report(_definition.ParametersPosition, "\"parameters\" stands beside kind mcp", "Remove it; the server describes the parameters");
        }

        var command = _reader.Text("command");
        var url = _reader.Text("url");
        if (command is null == url is null)
        {
            _scope.Report(
                _reader.Position,
                command is null ? "the options name no server" : "\"command\" and \"url\" stand side by side",
                command is null ? "Add command: ... for a program, or url: https://... for a server behind HTTP" : "Keep one of the two");
        }

        // All of them are known keys, whichever server it is.
        _ = ProgramKeys.Concat(HttpKeys).Count(_reader.Has);
        if (command is null != url is null)
        {
            ReportKeys(command is null ? ProgramKeys : HttpKeys, command is null ? "url" : "command");
        }

        var program = command is null ? null : ReadProgram(command);
        var http = url is null ? null : ReadHttp(url);
        var tools = ReadNames("tools");
        var exclude = ReadNames("exclude");
        var prefix = _reader.Text("prefix");
        if (prefix is not null && !ToolNameRule.AllowsPrefix(prefix.Text))
        {
            _scope.Report(prefix.Position, $"\"prefix\" is {prefix.Shape}", $"Use {ToolNameRule.PrefixWords}");
        }

        var pin = _reader.Text("pin");
        if (pin is not null && (pin.Text.Length != 64 || !pin.Text.All(char.IsAsciiHexDigit)))
        {
            _scope.Report(pin.Position, $"\"pin\" is {pin.Shape}", "Remove it, and \"agent tools check\" prints the line to add after review");
        }

        var trust = _reader.Boolean("trust_annotations") ?? false;
        var start = _reader.Duration("start_timeout", ShortestStart, LongestStart) ?? DefaultStart;
        _reader.End();
        if (problems.Count > before)
        {
            return null;
        }

        var redactor = new SecretRedactor(_scope.Secrets);
        return new McpOptions
        {
            Program = program,
            Http = http is var (options, authentication) ? options with { Authentication = authentication?.Invoke(redactor) } : null,
            Position = (command ?? url)!.Position,
            Tools = tools,
            Exclude = exclude ?? [],
            Prefix = prefix?.Text ?? string.Empty,
            Pin = pin?.Text.ToLowerInvariant(),
            PinPosition = pin?.Position,
            TrustAnnotations = trust,
            StartTimeout = start,
            Redactor = redactor,
        };
    }

    private void ReportKeys(IEnumerable<string> keys, string beside)
    {
        foreach (var key in keys)
        {
            if (_reader.Value(key) is { } value)
            {
                _scope.Report(value.Position, $"\"{key}\" stands beside \"{beside}\"", $"Remove it; it belongs to \"{(beside == "url" ? "command" : "url")}\"");
            }
        }
    }

    private McpProgramOptions? ReadProgram(YamlScalar command)
    {
        if (!_scope.Context.AllowProcesses)
        {
            _scope.Report(
                command.Position,
                "\"command\" would run a program of this machine, which is switched off,",
                "Set Agent:Tools:AllowProcesses to true, or start with --allow-processes, if every program of this file may run");
        }

        var text = Text(command, "command");
        var arguments = (_reader.Sequence("args")?.Items ?? []).Select(item => ReadText(item, "an item of \"args\"")).ToList();
        var environment = ProgramVariables.Read(_reader, _scope, OperatingSystem.IsWindows() ? WindowsVariables : UnixVariables);
        var home = Path.GetFullPath(Path.GetDirectoryName(_definition.Position.File) ?? string.Empty);
        var folder = _reader.Text("cwd") is { } scalar ? Text(scalar, "cwd") : home;
        return text is null || folder is null || arguments.Contains(null)
            ? null
            : new McpProgramOptions { Command = text, Arguments = arguments!, Environment = environment, Folder = Path.GetFullPath(folder, home) };
    }

    private (McpHttpOptions Options, Func<SecretRedactor, IHttpAuthentication>? Authentication)? ReadHttp(YamlScalar scalar)
    {
        var allowPrivateNetwork = _reader.Boolean("allow_private_network") ?? false;
        var headers = new HttpFieldsReader(_scope, _reader).Headers();
        foreach (var header in headers.Where(header => ProtocolHeaders.Contains(header.Key)))
        {
            _scope.Report(scalar.Position, $"header \"{header.Key}\" cannot be set", "Remove it; the protocol has its own value for it");
        }

        var authentication = new HttpAuthenticationReader(_scope, _reader, allowPrivateNetwork).Read(headers);
        if (Text(scalar, "url") is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.UserInfo.Length > 0
            || url.Fragment.Length > 0
            || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && allowPrivateNetwork)))
        {
            _scope.Report(scalar.Position, "\"url\" is no https URL", "Write it like https://mcp.example.com/mcp; http is for private networks that the tool may reach");
            return null;
        }

        return (new McpHttpOptions { Url = url, Headers = headers, AllowPrivateNetwork = allowPrivateNetwork }, authentication);
    }

    private List<YamlScalar>? ReadNames(string key)
    {
        if (_reader.Sequence(key) is not { } list)
        {
            return null;
        }

        if (list.Items.Count == 0)
        {
            _scope.Report(list.Position, $"\"{key}\" is empty", "List names as the server gives them, or remove it");
        }

        var names = new List<YamlScalar>();
        foreach (var item in list.Items)
        {
            if (item is YamlScalar { IsNull: false, Text.Length: > 0 } scalar && names.TrueForAll(name => name.Text != scalar.Text))
            {
                names.Add(scalar);
            }
            else
            {
                _scope.Report(item.Position, $"an item of \"{key}\" is {item.Shape}", "Write each name once, as the server gives it");
            }
        }

        return names;
    }

    private string? ReadText(YamlValue value, string owner)
    {
        if (value is YamlScalar { IsNull: false } scalar)
        {
            return Text(scalar, owner);
        }

        _scope.Report(value.Position, $"{owner} is {value.Shape}", "Write a text");
        return null;
    }

    private string? Text(YamlScalar scalar, string owner)
    {
        var text = _scope.ParseWithoutArguments(scalar);
        if (text is not null && text.Contains('\0', StringComparison.Ordinal))
        {
            _scope.Report(scalar.Position, $"{owner} holds a null character", "Remove it");
            return null;
        }

        return text;
    }
}
