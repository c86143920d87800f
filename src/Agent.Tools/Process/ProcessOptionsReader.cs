using System.Globalization;
using Agent.Core.Names;
using Agent.Tools.Programs;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.Process;

/// <summary>Reads the options of one <c>kind: process</c> entry.</summary>
internal sealed class ProcessOptionsReader
{
    // What programs need to find each other, the user's files and their language. SystemRoot: without it hardly any program starts.
    private static readonly string[] Inherited = OperatingSystem.IsWindows() ? ["PATH", "HOME", "LANG", "SystemRoot"] : ["PATH", "HOME", "LANG"];

    private readonly ToolDefinition _definition;
    private readonly ToolKindContext _context;
    private readonly TemplateScope _scope;
    private readonly MappingReader _reader;

    private ProcessOptionsReader(ToolDefinition definition, ToolKindContext context)
    {
        _definition = definition;
        _context = context;
        _scope = new TemplateScope(definition, context);
        _reader = context.ReadOptions(definition);
    }

    /// <summary>The options, or null after a problem.</summary>
    internal static ProcessOptions? Read(ToolDefinition definition, ToolKindContext context) => new ProcessOptionsReader(definition, context).Read();

    private ProcessOptions? Read()
    {
        var before = _context.Problems.Count;
        var command = Command();
        var allowLeadingDash = _reader.Boolean("allow_leading_dash") ?? false;
        var groups = Groups();
        if (command is not null && InlineCode.Find(command, [.. groups.SelectMany(group => group)]) is { } code)
        {
            Report(
                _reader.Value("args")!.Position,
                $"placeholder {{{code.Arguments.First()}}} stands in code that \"{command}\" would run",
                "Pass the value as a further item, and let the code read it from its arguments, as in [-c, 'echo \"$1\"', sh, \"{name}\"]");
        }

        var input = Input(out var takesAll);
        var isJson = _reader.Choice("output", "text", "text", "json") == "json";
        var options = new ProcessOptions
        {
            Command = command ?? string.Empty,
            Arguments = new ArgumentList(groups, allowLeadingDash, OperatingSystem.IsWindows()),
            Input = input,
            WorkingDirectory = WorkingDirectory(),
            Variables = ProgramVariables.Read(_reader, _scope, Inherited),
            IsJson = isJson,
            Select = Select(isJson),
            MaxOutputBytes = _reader.Integer("max_output_bytes", 1_024, 4_194_304) ?? 65_536,
            MaxMemoryMegabytes = _reader.Integer("max_memory_mb", 16, 1_048_576),
            ExitCodes = ExitCodes(),
            Redactor = new SecretRedactor(_scope.Secrets),
        };
        _reader.End();
        if (_context.Problems.Count == before && !takesAll)
        {
            _scope.ReportUnused("args or stdin");
        }

        return _context.Problems.Count == before ? options : null;
    }

    private string? Command()
    {
        if (_reader.RequiredText("command") is not { } scalar || Text(scalar) is not { } command)
        {
            return null;
        }

        if (!Path.IsPathFullyQualified(command) && command.AsSpan().ContainsAny('/', '\\'))
        {
            Report(scalar.Position, $"\"command\" is {scalar.Shape}, which is neither an absolute path nor a name", "Write the absolute path, or only the name of a program in PATH");
            return null;
        }

        return command;
    }

    private List<IReadOnlyList<ArgumentItem>> Groups()
    {
        var groups = new List<IReadOnlyList<ArgumentItem>>();
        foreach (var value in _reader.Sequence("args")?.Items ?? [])
        {
            IReadOnlyList<YamlValue> items = value is YamlSequence group ? group.Items : [value];
            groups.Add([.. items.Select(Item).OfType<ArgumentItem>()]);
        }

        return groups;
    }

    private ArgumentItem? Item(YamlValue value)
    {
        if (value is not YamlScalar { IsNull: false } scalar)
        {
            Report(value.Position, $"an item of \"args\" is {value.Shape}", "Write a text, or a list of texts; quote a text that begins with \"{\"");
            return null;
        }

        if (scalar.Text.Contains('\0', StringComparison.Ordinal))
        {
            Report(scalar.Position, "an item of \"args\" holds a NUL character", "Remove it; no program can take it");
            return null;
        }

        return _scope.Parse(scalar) is { } parts ? new ArgumentItem(parts) : null;
    }

    private ProgramInput? Input(out bool takesAll)
    {
        takesAll = false;
        if (_reader.Value("stdin") is not { } value)
        {
            return null;
        }

        if (value is YamlScalar { Text: "json" })
        {
            takesAll = true;
            return new ProgramInput(argument: null, _scope.Parameters);
        }

        if (value is YamlScalar scalar && scalar.Text.StartsWith('{') && scalar.Text.EndsWith('}'))
        {
            switch (_scope.Parse(scalar))
            {
                case null:
                    return null;
                case [{ IsArgument: true } only]:
                    return new ProgramInput(only.Text, _scope.Parameters);
            }
        }

        Report(value.Position, $"\"stdin\" is {value.Shape}", "Write json for all arguments, or \"{name}\" in quotes for one of them");
        return null;
    }

    private string WorkingDirectory()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(_definition.Position.File)) ?? Environment.CurrentDirectory;
        return _reader.Text("cwd") is { } scalar && Text(scalar) is { } path ? Path.GetFullPath(path, folder) : folder;
    }

    private string? Select(bool isJson)
    {
        if (_reader.Text("select") is not { } pointer)
        {
            return null;
        }

        if (!JsonPointer.IsValid(pointer.Text))
        {
            Report(pointer.Position, $"\"select\" is {pointer.Shape}, which is no JSON pointer", "Write it like /data/items/0 (RFC 6901)");
        }
        else if (!isJson)
        {
            Report(pointer.Position, "\"select\" stands beside output text", "Add \"output: json\", or remove \"select\"");
        }

        return pointer.Text;
    }

    private int[] ExitCodes()
    {
        if (_reader.Sequence("exit_codes") is not { } sequence)
        {
            return [0];
        }

        var codes = new List<int>();
        foreach (var item in sequence.Items)
        {
            if (item is YamlScalar { IsPlain: true } scalar && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code))
            {
                codes.Add(code);
            }
            else
            {
                Report(item.Position, $"an item of \"exit_codes\" is {item.Shape}", "Write whole numbers, for example [0, 1]");
            }
        }

        if (sequence.Items.Count == 0)
        {
            Report(sequence.Position, "\"exit_codes\" is empty, so that no run would succeed", "Write [0], or remove it");
        }

        return [.. codes];
    }

    // Paths are no secrets: masking a home folder would tear every path that the program prints.
    private string? Text(YamlScalar scalar)
    {
        if (EnvironmentText.Split(scalar, _context) is not { } pieces)
        {
            return null;
        }

        var text = string.Concat(pieces.Select(piece => piece.Text));
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            Report(scalar.Position, "a path holds a NUL character", "Remove it");
            return null;
        }

        return text;
    }

    private void Report(SourcePosition position, string message, string fix) => _scope.Report(position, message, fix);
}
