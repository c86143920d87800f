using System.Collections.Frozen;

namespace Agent.Tools.Weather;

/// <summary>Monthly climate of well-known cities, for when no service can be reached. Immutable.</summary>
internal sealed class ClimateTable
{
    /// <summary>What results give as their source; answers repeat it, so that nobody takes it for a measurement.</summary>
    internal const string Source = "climate table (offline)";

    private readonly FrozenDictionary<string, ClimateCity> _byKey;
    private readonly WeatherConditions _conditions;

    private ClimateTable(IReadOnlyList<ClimateCity> cities, FrozenDictionary<string, ClimateCity> byKey, WeatherConditions conditions)
    {
        Cities = cities;
        _byKey = byKey;
        _conditions = conditions;
    }

    /// <summary>The table of the package.</summary>
    internal static ClimateTable Shared { get; } = Load();

    internal IReadOnlyList<ClimateCity> Cities { get; }

    /// <summary>The city of a name in either language, with or without its country; null for an unknown one.</summary>
    internal ClimateCity? Find(string name)
    {
        foreach (var candidate in CityName.Candidates(name))
        {
            if (_byKey.TryGetValue(CityName.Key(candidate), out var city))
            {
                return city;
            }
        }

        return null;
    }

    /// <summary>The usual weather of a month, or null for an unknown city.</summary>
    /// <param name="name">The city.</param>
    /// <param name="month">1 to 12.</param>
    /// <param name="language">The language of the condition.</param>
    internal WeatherReport? Report(string name, int month, WeatherLanguage language) => Find(name) is not { } city
        ? null
        : new WeatherReport
        {
            Condition = _conditions.FromCode(city.Codes[month - 1], language)!,
            Temperature = city.Temperatures[month - 1],
            Source = Source,
        };

    private static ClimateTable Load()
    {
        using var stream = typeof(ClimateTable).Assembly.GetManifestResourceStream("Agent.Tools.Weather.climate.csv")!;
        using var reader = new StreamReader(stream);
        var cities = new List<ClimateCity>();
        var byKey = new Dictionary<string, ClimateCity>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var cells = line.Split(',');
            var city = new ClimateCity(cells[0], cells[1], [.. cells[3].Split(' ').Select(int.Parse)], [.. cells[4].Select(Code)]);
            cities.Add(city);
            foreach (var key in cells[2].Split('/').Append(city.EnglishName).Append(city.ChineseName).Select(CityName.Key).Where(key => key.Length > 0).Distinct(StringComparer.Ordinal))
            {
                byKey.Add(key, city);
            }
        }

        return new ClimateTable(cities, byKey.ToFrozenDictionary(StringComparer.Ordinal), WeatherConditions.Shared);
    }

    private static int Code(char letter) => letter switch
    {
        'C' => 0,
        'P' => 2,
        'O' => 3,
        'F' => 45,
        'D' => 51,
        'r' => 61,
        'R' => 63,
        's' => 71,
        'W' => 81,
        'T' => 95,
        _ => throw new InvalidDataException($"climate.csv has an unknown condition \"{letter}\"."),
    };
}
