using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml;
using System.Xml.Linq;

namespace Agent.Tools.Function;

/// <summary>
/// The XML documentation that compilers write beside an assembly. A file that is missing or broken says nothing; each is read
/// once. Thread-safe.
/// </summary>
internal sealed class XmlDocumentation
{
    private const long MaximumCharacters = 64L * 1_048_576;

    private static readonly ConditionalWeakTable<Assembly, XmlDocumentation> Cache = [];

    // No entities and nothing fetched: the file is data, whoever wrote it.
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaximumCharacters,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    private readonly Dictionary<string, XmlMemberText> _members = new(StringComparer.Ordinal);

    private XmlDocumentation(string path)
    {
        try
        {
            using var reader = XmlReader.Create(path, Settings);
            Read(reader);
        }
        catch (Exception exception) when (exception is XmlException or IOException or UnauthorizedAccessException)
        {
            // What was read before the fault is right; who has no description is told so in the end.
        }
    }

    /// <summary>The summary of a method, or of the one that it overrides or implements; null when there is none.</summary>
    internal static string? Summary(MethodInfo method) =>
        Lineage(method).Select(ancestor => Find(ancestor.Module.Assembly, XmlMemberName.Of(ancestor))?.Summary).FirstOrDefault(text => !string.IsNullOrEmpty(text));

    /// <summary>The summary of a property, or the description of the record's parameter that made it; null when there is none.</summary>
    internal static string? Summary(PropertyInfo property)
    {
        var assembly = property.Module.Assembly;
        if (Find(assembly, XmlMemberName.Of(property))?.Summary is { Length: > 0 } summary)
        {
            return summary;
        }

        return Find(assembly, XmlMemberName.Of(property.DeclaringType!))?.Parameter(property.Name) is { Length: > 0 } parameter ? parameter : null;
    }

    /// <summary>The description of a method's parameter; null when there is none.</summary>
    internal static string? Parameter(ParameterInfo parameter) => parameter is { Member: MethodInfo method, Name: { } name }
        ? Lineage(method).Select(ancestor => Find(ancestor.Module.Assembly, XmlMemberName.Of(ancestor))?.Parameter(name)).FirstOrDefault(text => !string.IsNullOrEmpty(text))
        : null;

    /// <summary>Reads a file; for tests.</summary>
    internal static XmlDocumentation Load(string path) => new(path);

    /// <summary>The text of a member by its name in the file; null when it is not there.</summary>
    internal XmlMemberText? Find(string name) => _members.GetValueOrDefault(name);

    private static XmlMemberText? Find(Assembly assembly, string name) => Cache.GetValue(assembly, static key => new XmlDocumentation(PathOf(key))).Find(name);

    private static string PathOf(Assembly assembly) => assembly.IsDynamic || assembly.Location.Length == 0
        ? Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml")
        : Path.ChangeExtension(assembly.Location, ".xml");

    private static IEnumerable<MethodInfo> Lineage(MethodInfo method)
    {
        yield return method;
        if (method.IsStatic || method.DeclaringType is not { IsInterface: false } type)
        {
            yield break;
        }

        for (var declaration = method; declaration.GetBaseDefinition() is var root && root != declaration; declaration = root)
        {
            yield return root;
        }

        foreach (var contract in type.GetInterfaces())
        {
            var map = type.GetInterfaceMap(contract);
            var index = Array.FindIndex(map.TargetMethods, target => target.MetadataToken == method.MetadataToken && target.Module == method.Module);
            if (index >= 0)
            {
                yield return map.InterfaceMethods[index];
            }
        }
    }

    private void Read(XmlReader reader)
    {
        reader.MoveToContent();
        while (!reader.EOF)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Name == "member" && XNode.ReadFrom(reader) is XElement member)
            {
                if (member.Attribute("name")?.Value is ['M' or 'P' or 'T', ':', ..] name)
                {
                    _members[name] = new XmlMemberText(member);
                }
            }
            else
            {
                reader.Read();
            }
        }
    }
}
