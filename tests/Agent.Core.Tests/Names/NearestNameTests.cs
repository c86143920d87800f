using Agent.Core.Names;

namespace Agent.Core.Tests.Names;

public class NearestNameTests
{
    [Theory]
    [InlineData("Get_Weather", "get_weather")]
    [InlineData("getWeather", "get_weather")]
    [InlineData("sql.query", "sql_query")]
    [InlineData("sql_qery", "sql_query")]
    [InlineData("launch_rocket", null)]
    [InlineData("", null)]
    public void The_name_that_was_meant_is_found(string written, string? expected) =>
        Assert.Equal(expected, NearestName.Find(written, ["get_weather", "sql_query", "now"]));
}
