using Agent.Tools.Weather;

namespace Agent.Tools.Tests.Weather;

public sealed class ClimateTableTests
{
    [Fact]
    public void Every_city_has_twelve_plausible_months()
    {
        Assert.True(ClimateTable.Shared.Cities.Count >= 150);
        foreach (var city in ClimateTable.Shared.Cities)
        {
            Assert.True(CityName.IsChinese(city.ChineseName), city.ChineseName);
            Assert.False(CityName.IsChinese(city.EnglishName), city.EnglishName);
            Assert.Equal(12, city.Temperatures.Count);
            Assert.Equal(12, city.Codes.Count);
            for (var month = 0; month < 12; month++)
            {
                Assert.InRange(city.Temperatures[month], -25, 40);
                Assert.NotNull(WeatherConditions.Shared.FromCode(city.Codes[month], WeatherLanguage.Chinese));
                var step = Math.Abs(city.Temperatures[month] - city.Temperatures[(month + 1) % 12]);
                Assert.True(step <= 13, $"{city.EnglishName} jumps by {step} after month {month + 1}");
            }
        }
    }

    [Theory]
    [InlineData("广州", "Guangzhou")]
    [InlineData("廣州", "Guangzhou")]
    [InlineData("广州市", "Guangzhou")]
    [InlineData("香港特别行政区", "Hong Kong")]
    [InlineData("Guangzhou, China", "Guangzhou")]
    [InlineData("广州，中国", "Guangzhou")]
    [InlineData("NEW YORK", "New York")]
    [InlineData("new-york", "New York")]
    [InlineData("São Paulo", "São Paulo")]
    [InlineData("Sao Paulo", "São Paulo")]
    [InlineData("München", "Munich")]
    [InlineData("xi an", "Xi'an")]
    [InlineData("胡志明市", "Ho Chi Minh City")]
    [InlineData("Ｔｏｋｙｏ", "Tokyo")]
    public void Names_are_found_in_many_spellings(string name, string city) => Assert.Equal(city, ClimateTable.Shared.Find(name)?.EnglishName);

    [Theory]
    [InlineData("")]
    [InlineData("市")]
    [InlineData(",")]
    [InlineData("Xyzzy")]
    [InlineData("Guang")]
    public void Other_names_are_not(string name) => Assert.Null(ClimateTable.Shared.Find(name));

    [Theory]
    [InlineData("Beijing", 1, 7)]
    [InlineData("London", 1, 7)]
    [InlineData("Sydney", 7, 1)]
    [InlineData("Buenos Aires", 7, 1)]
    public void Summers_are_warmer_than_winters_on_either_half_of_the_Earth(string name, int winter, int summer)
    {
        var city = ClimateTable.Shared.Find(name)!;
        Assert.True(city.Temperatures[winter - 1] + 5 < city.Temperatures[summer - 1]);
    }
}
