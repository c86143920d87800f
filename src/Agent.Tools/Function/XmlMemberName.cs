using System.Globalization;
using System.Reflection;
using System.Text;

namespace Agent.Tools.Function;

/// <summary>The names of members in XML documentation files (<c>M:Shop.Orders.Find(System.Int32)</c>).</summary>
internal static class XmlMemberName
{
    internal static string Of(Type type) => $"T:{Definition(type)}";

    internal static string Of(PropertyInfo property) => $"P:{Definition(property.DeclaringType!)}.{property.Name}";

    internal static string Of(MethodInfo method)
    {
        var open = Open(method);
        var name = new StringBuilder("M:").Append(Definition(open.DeclaringType!)).Append('.').Append(open.Name.Replace('.', '#'));
        if (open.IsGenericMethodDefinition)
        {
            name.Append(CultureInfo.InvariantCulture, $"``{open.GetGenericArguments().Length}");
        }

        var parameters = open.GetParameters();
        if (parameters.Length > 0)
        {
            name.Append('(').AppendJoin(',', parameters.Select(parameter => Reference(parameter.ParameterType))).Append(')');
        }

        return name.ToString();
    }

    private static MethodInfo Open(MethodInfo method)
    {
        method = method is { IsGenericMethod: true, IsGenericMethodDefinition: false } ? method.GetGenericMethodDefinition() : method;
        return method.DeclaringType is { IsConstructedGenericType: true } type
            ? (MethodInfo)MethodBase.GetMethodFromHandle(method.MethodHandle, type.GetGenericTypeDefinition().TypeHandle)!
            : method;
    }

    private static string Definition(Type type) =>
        ((type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type).FullName ?? type.Name).Replace('+', '.');

    private static string Reference(Type type)
    {
        if (type.IsGenericParameter)
        {
            return $"{(type.DeclaringMethod is null ? "`" : "``")}{type.GenericParameterPosition}";
        }

        if (type.HasElementType)
        {
            var element = Reference(type.GetElementType()!);
            return type switch
            {
                { IsByRef: true } => $"{element}@",
                { IsPointer: true } => $"{element}*",
                { IsSZArray: true } => $"{element}[]",
                _ => $"{element}[{string.Join(',', Enumerable.Repeat("0:", type.GetArrayRank()))}]",
            };
        }

        return type.IsGenericType ? Constructed(type) : Definition(type);
    }

    // The arguments stand behind the type that declares them: Outer{System.Int32}.Inner{System.String}.
    private static string Constructed(Type type)
    {
        var arguments = type.GetGenericArguments();
        var taken = 0;
        var pieces = new List<string>();
        foreach (var part in Definition(type).Split('.'))
        {
            var tick = part.IndexOf('`', StringComparison.Ordinal);
            if (tick < 0)
            {
                pieces.Add(part);
                continue;
            }

            var count = int.Parse(part.AsSpan(tick + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            pieces.Add($"{part[..tick]}{{{string.Join(',', arguments.Skip(taken).Take(count).Select(Reference))}}}");
            taken += count;
        }

        return string.Join('.', pieces);
    }
}
