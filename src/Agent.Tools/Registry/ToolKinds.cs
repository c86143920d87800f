namespace Agent.Tools.Registry;

/// <summary>The kinds that come with the package.</summary>
public static class ToolKinds
{
    /// <summary>One of each, in order of name: every public kind of this assembly, so that a new one is a new folder and nothing else.</summary>
    public static IReadOnlyList<IToolKind> Default { get; } =
    [
        .. typeof(ToolKinds).Assembly.GetExportedTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IToolKind)))
            .Select(type => (IToolKind)Activator.CreateInstance(type)!)
            .OrderBy(kind => kind.Name, StringComparer.Ordinal),
    ];
}
