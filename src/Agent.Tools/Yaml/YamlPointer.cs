using System.Globalization;

namespace Agent.Tools.Yaml;

/// <summary>Finds the place in a file of what a JSON pointer names in the JSON made from it.</summary>
internal static class YamlPointer
{
    /// <summary>The key or item that the pointer names; of the nearest one around it where it leads to nothing.</summary>
    internal static SourcePosition Position(YamlValue root, string pointer)
    {
        var position = root.Position;
        var value = root;
        foreach (var escaped in pointer.Split('/').Skip(1))
        {
            var token = escaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (value is YamlMapping mapping && mapping.Find(token) is { } entry)
            {
                (position, value) = (entry.KeyPosition, entry.Value);
            }
            else if (value is YamlSequence sequence
                && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < sequence.Items.Count)
            {
                value = sequence.Items[index];
                position = value.Position;
            }
            else
            {
                break;
            }
        }

        return position;
    }
}
