namespace Agent.Host.Configuration;

/// <summary>A path of the configuration, looked up in the current folder and then beside the program.</summary>
/// <param name="Full">The full path: of what was found, else of what it would be in the current folder.</param>
/// <param name="Exists">Whether there is a file or folder.</param>
/// <param name="Tried">The places that were looked at, in order.</param>
internal sealed record ResolvedPath(string Full, bool Exists, IReadOnlyList<string> Tried)
{
    public static ResolvedPath Find(string path, IEnumerable<string> folders)
    {
        string[] places = [.. folders.Select(folder => Path.GetFullPath(path, folder)).Distinct(StringComparer.Ordinal)];
        var found = Array.Find(places, Path.Exists);
        return new ResolvedPath(found ?? places[0], found is not null, places);
    }
}
