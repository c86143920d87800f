using Agent.Tools.Registry;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Agent.Tools.Yaml;

/// <summary>
/// Builds the value tree from YAML events. Only data comes out of it: tags and aliases are refused, so that nothing in a file
/// can name a .NET type or grow beyond the file's own size.
/// </summary>
internal sealed class YamlDocumentReader
{
    internal const int MaximumDepth = 48;

    private readonly Parser _parser;
    private readonly string _file;
    private readonly ToolProblems _problems;

    private YamlDocumentReader(string text, string file, ToolProblems problems)
    {
        _parser = new Parser(new StringReader(text));
        _file = file;
        _problems = problems;
    }

    /// <summary>The root value, or null for an empty or unreadable document; what is wrong goes into the problems.</summary>
    internal static YamlValue? Read(string text, string file, ToolProblems problems)
    {
        var reader = new YamlDocumentReader(text, file, problems);
        try
        {
            return reader.ReadStream();
        }
        catch (YamlException exception)
        {
            problems.Add(reader.At(exception.Start), $"not valid YAML: {Reason(exception)}", "Check indentation, quotes and brackets around this place");
            return null;
        }
    }

    private YamlValue? ReadStream()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        var root = ReadValue(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
        {
            _problems.Add(At(second.Start), "a second YAML document begins here", "Keep one document per file");
        }

        return root;
    }

    private YamlValue ReadValue(int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, $"nested deeper than {MaximumDepth} levels");
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            _problems.Add(At(alias.Start), $"alias \"*{alias.Value}\" is not supported", "Write the value out, or put shared limits under \"defaults\"");
            return new YamlScalar(At(alias.Start), string.Empty, isPlain: false);
        }

        if (_parser.Current is NodeEvent { Tag.IsEmpty: false } tagged)
        {
            _problems.Add(At(tagged.Start), $"tag \"{TagText(tagged)}\" is not allowed", "Remove the tag; use quotes for text");
        }

        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            return new YamlScalar(At(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);
        }

        if (_parser.TryConsume<SequenceStart>(out var sequence))
        {
            var items = new List<YamlValue>();
            while (!_parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadValue(depth + 1));
            }

            return new YamlSequence(At(sequence.Start), items);
        }

        var mapping = _parser.Consume<MappingStart>();
        return new YamlMapping(At(mapping.Start), ReadEntries(depth));
    }

    private List<YamlEntry> ReadEntries(int depth)
    {
        var entries = new List<YamlEntry>();
        var seen = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadValue(depth + 1);
            var value = ReadValue(depth + 1);
            if (key is not YamlScalar { Text: var name })
            {
                _problems.Add(key.Position, $"a key must be text, not {key.Shape}", "Write the key as one word");
            }
            else if (!seen.TryAdd(name, key.Position))
            {
                _problems.Add(key.Position, $"duplicate key \"{name}\"; the first is on line {seen[name].Line}", "Remove one of the two");
            }
            else
            {
                entries.Add(new YamlEntry(name, key.Position, value));
            }
        }

        return entries;
    }

    private SourcePosition At(Mark mark) => new(_file, Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));

    private static string TagText(NodeEvent tagged) => tagged.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal)
        ? $"!!{tagged.Tag.Value["tag:yaml.org,2002:".Length..]}"
        : tagged.Tag.Value;

    private static string Reason(YamlException exception)
    {
        var message = exception.Message.ReplaceLineEndings(" ").TrimEnd('.');
        return message.Length == 0 ? "unreadable" : char.ToLowerInvariant(message[0]) + message[1..];
    }
}
