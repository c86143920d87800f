using Agent.Tools.Function;
using Agent.Tools.Http;
using Agent.Tools.OpenApi;
using Agent.Tools.Sql;
using Agent.Tools.Weather;

namespace Agent.Tools.Registry;

/// <summary>The kinds that come with the package.</summary>
public static class ToolKinds
{
    /// <summary>One of each, in order of name.</summary>
    public static IReadOnlyList<IToolKind> Default { get; } = [new FunctionKind(), new HttpKind(), new OpenApiKind(), new SqlKind(), new WeatherKind()];
}
