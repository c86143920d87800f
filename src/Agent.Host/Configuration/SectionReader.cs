using System.Globalization;
using Agent.Core.Names;
using Microsoft.Extensions.Configuration;

namespace Agent.Host.Configuration;

/// <summary>
/// Reads one section strictly: what is asked for is known, everything else in it is a problem. An absent or empty value is
/// null, which leaves the default of the option record.
/// </summary>
internal sealed class SectionReader(SettingsTree tree, string section)
{
    private readonly List<string> _known = [];
    private readonly List<SectionReader> _items = [];

    /// <summary>Keys asked for so far, without the section.</summary>
    public IReadOnlyList<string> Known => _known;

    public string? Text(string key) => Value(key, out _);

    public bool? Boolean(string key)
    {
        if (Value(key, out var full) is not { } text)
        {
            return null;
        }

        if (bool.TryParse(text, out var value))
        {
            return value;
        }

        tree.AddInvalid(full, text, "true or false");
        return null;
    }

    /// <summary>One of the names of an enumeration, in any case.</summary>
    public T? Choice<T>(string key)
        where T : struct, Enum
    {
        if (Value(key, out var full) is not { } text)
        {
            return null;
        }

        // Enum.TryParse would also take numbers and lists.
        var name = Array.Find(Enum.GetNames<T>(), n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (name is not null)
        {
            return Enum.Parse<T>(name);
        }

        tree.AddInvalid(full, text, $"one of {string.Join(", ", Enum.GetNames<T>())}");
        return null;
    }

    public int? Integer(string key, int from, int to) => (int?)Long(key, from, to);

    public long? Long(string key, long from, long to)
    {
        if (Value(key, out var full) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= from && value <= to)
        {
            return value;
        }

        tree.AddInvalid(full, text, $"a whole number {Range(from, to)}");
        return null;
    }

    /// <summary>A number; <paramref name="above"/> excludes the lower end.</summary>
    public double? Number(string key, double from, double to, bool above = false)
    {
        if (Value(key, out var full) is not { } text)
        {
            return null;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out var value) && (above ? value > from : value >= from) && value <= to)
        {
            return value;
        }

        tree.AddInvalid(full, text, above ? $"a number above {from} up to {to}" : $"a number from {from} to {to}");
        return null;
    }

    /// <summary>A list of numbers (<c>KEY:0</c>, <c>KEY:1</c>, ...); null where it is empty.</summary>
    public List<float>? Numbers(string key, double from, double to)
    {
        var numbers = new List<float>();
        foreach (var place in Places(key))
        {
            if (new SectionReader(tree, ConfigurationPath.GetParentPath(place)!).Number(ConfigurationPath.GetSectionKey(place), from, to) is { } number)
            {
                numbers.Add((float)number);
            }
        }

        return numbers.Count > 0 ? numbers : null;
    }

    /// <summary>A list of sections (<c>KEY:0:...</c>, <c>KEY:1:...</c>), each with its full key; empty where there is none.</summary>
    public IEnumerable<(string At, SectionReader Item)> Items(string key)
    {
        foreach (var place in Places(key))
        {
            var item = new SectionReader(tree, place);
            _items.Add(item);
            yield return (place, item);
        }
    }

    /// <summary>A duration such as <c>500ms</c>, <c>30s</c>, <c>2m</c>, <c>1h</c> or <c>00:02:00</c>.</summary>
    public TimeSpan? Duration(string key, TimeSpan from, TimeSpan to)
    {
        if (Value(key, out var full) is not { } text)
        {
            return null;
        }

        if (DurationValue.TryParse(text, out var value) && value >= from && value <= to)
        {
            return value;
        }

        tree.AddInvalid(full, text, $"a duration from {DurationValue.Format(from)} to {DurationValue.Format(to)}, such as 500ms, 30s, 2m or 1h");
        return null;
    }

    /// <summary>Reports every key of the section that nobody asked for.</summary>
    public void End()
    {
        var self = tree.Section(section);
        if (!string.IsNullOrEmpty(self.Value))
        {
            tree.AddProblem(section, $"is '{self.Value}', but it is a section", $"Its settings are {string.Join(", ", _known)}.");
        }

        foreach (var child in self.GetChildren())
        {
            if (!_known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                tree.AddProblem(child.Path, "is not a setting", Suggest(child.Key));
            }
        }

        foreach (var item in _items)
        {
            item.End();
        }
    }

    /// <summary>The full keys of a list's places, in their order.</summary>
    private List<string> Places(string key)
    {
        _known.Add(key);
        var full = ConfigurationPath.Combine(section, key);
        var found = tree.Section(full);
        if (!string.IsNullOrEmpty(found.Value))
        {
            tree.AddInvalid(full, found.Value, $"a list: [ ... ] in JSON, or {full}:0, {full}:1 and so on");
        }

        var places = new List<string>();
        foreach (var child in found.GetChildren())
        {
            if (int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                places.Add(child.Path);
            }
            else
            {
                tree.AddProblem(child.Path, "is no place of a list", $"Its places are {full}:0, {full}:1 and so on.");
            }
        }

        return places;
    }

    private static string Range(long from, long to) => to == int.MaxValue || to == long.MaxValue
        ? (from == long.MinValue ? "of 64 bits" : $"of {from:N0} or more")
        : $"from {from:N0} to {to:N0}";

    private string? Value(string key, out string full)
    {
        _known.Add(key);
        full = ConfigurationPath.Combine(section, key);
        var found = tree.Section(full);
        if (found.GetChildren().Any())
        {
            tree.AddProblemBelow(full, "has settings under it, but it is a single value", "Write the value itself.");
            return null;
        }

        return string.IsNullOrEmpty(found.Value) ? null : found.Value;
    }

    private string Suggest(string key) => NearestName.Find(key, _known) is { } nearest
        ? $"Did you mean {section}:{nearest}?"
        : $"The settings of {section} are {string.Join(", ", _known)}.";
}
