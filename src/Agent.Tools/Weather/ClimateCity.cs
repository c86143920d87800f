namespace Agent.Tools.Weather;

/// <summary>The climate of one city.</summary>
/// <param name="ChineseName">Its name in Chinese.</param>
/// <param name="EnglishName">Its name in English.</param>
/// <param name="Temperatures">Mean temperature of each month in degrees Celsius, January first.</param>
/// <param name="Codes">The usual weather of each month as WMO codes.</param>
internal sealed record ClimateCity(string ChineseName, string EnglishName, IReadOnlyList<int> Temperatures, IReadOnlyList<int> Codes);
