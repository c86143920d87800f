using System.Collections.Frozen;
using System.Text.Json;

namespace Agent.Tools.Weather;

/// <summary>Weather codes of the WMO (table 4677, as Open-Meteo gives them) and AMap's words, in English and Chinese. Immutable.</summary>
internal sealed class WeatherConditions
{
    private readonly FrozenDictionary<int, Words> _codes;
    private readonly FrozenDictionary<string, string> _amap;

    private WeatherConditions(FrozenDictionary<int, Words> codes, FrozenDictionary<string, string> amap)
    {
        _codes = codes;
        _amap = amap;
    }

    /// <summary>The table of the package.</summary>
    internal static WeatherConditions Shared { get; } = Load();

    /// <summary>The condition of a code, or null for an unknown one.</summary>
    internal string? FromCode(int code, WeatherLanguage language) =>
        _codes.TryGetValue(code, out var words) ? (language == WeatherLanguage.Chinese ? words.Chinese : words.English) : null;

    /// <summary>AMap's word in the language; an unknown one stays as it is, but no longer than a word.</summary>
    internal string FromAmap(string word, WeatherLanguage language)
    {
        var known = word.Length <= 16 ? word : word[..16];
        return language == WeatherLanguage.English && _amap.TryGetValue(known, out var english) ? english : known;
    }

    private static WeatherConditions Load()
    {
        using var stream = typeof(WeatherConditions).Assembly.GetManifestResourceStream("Agent.Tools.Weather.conditions.json")!;
        using var document = JsonDocument.Parse(stream);
        return new WeatherConditions(
            document.RootElement.GetProperty("wmo").EnumerateObject().ToFrozenDictionary(
                member => int.Parse(member.Name),
                member => new Words(member.Value.GetProperty("en").GetString()!, member.Value.GetProperty("zh").GetString()!)),
            document.RootElement.GetProperty("amap").EnumerateObject().ToFrozenDictionary(
                member => member.Name,
                member => member.Value.GetString()!,
                StringComparer.Ordinal));
    }

    private sealed record Words(string English, string Chinese);
}
