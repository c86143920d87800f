using System.Globalization;
using Agent.Tools.Registry;

namespace Agent.Tools.Yaml;

/// <summary>
/// Reads the keys of a mapping with their types and ranges, reports everything that is wrong with its place, and at the end
/// reports the keys that nobody asked for. Every method returns the default after a problem, so that reading goes on and all
/// problems of a file are told at once. Not thread-safe.
/// </summary>
public sealed class MappingReader
{
    private readonly YamlMapping _mapping;
    private readonly ToolProblems _problems;
    private readonly string _owner;
    private readonly List<string> _known = [];

    /// <summary>Starts reading.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="problems">Receives the problems.</param>
    /// <param name="owner">What the mapping belongs to, in words for a message: <c>tool "get_order"</c>.</param>
    public MappingReader(YamlMapping mapping, ToolProblems problems, string owner)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ArgumentNullException.ThrowIfNull(problems);
        _mapping = mapping;
        _problems = problems;
        _owner = owner;
    }

    /// <summary>Where the mapping begins.</summary>
    public SourcePosition Position => _mapping.Position;

    /// <summary>Whether the key is there with a value other than null.</summary>
    public bool Has(string key) => Value(key) is not null;

    /// <summary>The value of a key as it stands, or null when it is absent or null.</summary>
    public YamlValue? Value(string key)
    {
        if (!_known.Contains(key, StringComparer.Ordinal))
        {
            _known.Add(key);
        }

        return _mapping.Find(key)?.Value is { } value and not YamlScalar { IsNull: true } ? value : null;
    }

    /// <summary>A text, or null when it is absent.</summary>
    public YamlScalar? Text(string key)
    {
        switch (Value(key))
        {
            case null:
                return null;
            case YamlScalar scalar:
                return scalar;
            case var other:
                Wrong(key, other, "must be text");
                return null;
        }
    }

    /// <summary>A text that must be there and not be blank; null after a problem.</summary>
    public YamlScalar? RequiredText(string key)
    {
        if (Value(key) is null)
        {
            _problems.Add(_mapping.Position, $"{_owner} has no \"{key}\"", $"Add \"{key}: ...\"");
            return null;
        }

        var text = Text(key);
        if (text is not null && string.IsNullOrWhiteSpace(text.Text))
        {
            Wrong(key, text, "must not be blank");
            return null;
        }

        return text;
    }

    /// <summary>One of a few words; the default when it is absent or wrong.</summary>
    public string Choice(string key, string defaultValue, params IReadOnlyList<string> choices)
    {
        ArgumentNullException.ThrowIfNull(choices);
        var text = Text(key);
        if (text is null)
        {
            return defaultValue;
        }

        if (!choices.Contains(text.Text, StringComparer.Ordinal))
        {
            _problems.Add(text.Position, $"\"{key}\" of {_owner} is {text.Shape}", Suggestion.For(text.Text, choices, "Allowed"));
            return defaultValue;
        }

        return text.Text;
    }

    /// <summary><c>true</c> or <c>false</c>, or null when it is absent.</summary>
    public bool? Boolean(string key)
    {
        switch (Value(key))
        {
            case null:
                return null;
            case YamlScalar { IsPlain: true, Text: "true" or "True" or "TRUE" }:
                return true;
            case YamlScalar { IsPlain: true, Text: "false" or "False" or "FALSE" }:
                return false;
            case var other:
                Wrong(key, other, "must be true or false");
                return null;
        }
    }

    /// <summary>A whole number in a range, or null when it is absent.</summary>
    public int? Integer(string key, int minimum, int maximum)
    {
        var value = Value(key);
        if (value is null)
        {
            return null;
        }

        if (value is YamlScalar { IsPlain: true } scalar
            && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= minimum
            && number <= maximum)
        {
            return number;
        }

        Wrong(key, value, $"must be a whole number from {minimum} to {maximum}");
        return null;
    }

    /// <summary>A duration such as <c>500ms</c>, <c>10s</c> or <c>2m</c> in a range, or null when it is absent.</summary>
    public TimeSpan? Duration(string key, TimeSpan minimum, TimeSpan maximum)
    {
        var value = Value(key);
        if (value is null)
        {
            return null;
        }

        if (value is YamlScalar scalar && DurationText.TryParse(scalar.Text, out var duration) && duration >= minimum && duration <= maximum)
        {
            return duration;
        }

        Wrong(key, value, $"must be a duration from {DurationText.Format(minimum)} to {DurationText.Format(maximum)}, for example 500ms, 10s or 2m");
        return null;
    }

    /// <summary>A mapping, or null when it is absent.</summary>
    public YamlMapping? Mapping(string key)
    {
        switch (Value(key))
        {
            case null:
                return null;
            case YamlMapping mapping:
                return mapping;
            case var other:
                Wrong(key, other, "must be a mapping");
                return null;
        }
    }

    /// <summary>A list, or null when it is absent.</summary>
    public YamlSequence? Sequence(string key)
    {
        switch (Value(key))
        {
            case null:
                return null;
            case YamlSequence sequence:
                return sequence;
            case var other:
                Wrong(key, other, "must be a list");
                return null;
        }
    }

    /// <summary>Reports every key that was never asked for. Call it once, after the last key was read.</summary>
    public void End()
    {
        foreach (var entry in _mapping.Entries)
        {
            if (!_known.Contains(entry.Key, StringComparer.Ordinal))
            {
                _problems.Add(entry.KeyPosition, $"unknown key \"{entry.Key}\" in {_owner}", Suggestion.For(entry.Key, _known, "Known keys"));
            }
        }
    }

    private void Wrong(string key, YamlValue value, string rule) =>
        _problems.Add(value.Position, $"\"{key}\" of {_owner} is {value.Shape}", $"It {rule}");
}
