namespace Agent.Tools.Sql;

/// <summary>Names as identifiers of standard SQL, as all engines read them.</summary>
internal static class SqlIdentifier
{
    internal static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
