using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Approval;
using Agent.Tools.Registry;

namespace Agent.Tools.Function;

/// <summary>A method that becomes a tool, with what its attributes and its documentation say. Immutable.</summary>
internal sealed class ToolMethod
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    private ToolMethod(MethodInfo method, string name, string description, AgentToolAttribute? attribute, ToolApproval? approval)
    {
        Method = method;
        Name = name;
        Description = description;
        Effects = attribute?.Effects ?? ToolEffects.Read;
        Approval = approval;
        IsIdempotent = attribute?.Idempotent ?? false;
    }

    internal MethodInfo Method { get; }

    internal string Name { get; }

    internal string Description { get; }

    internal ToolEffects Effects { get; }

    internal bool IsIdempotent { get; }

    internal ToolApproval? Approval { get; }

    /// <summary>Every method of a class that bears <see cref="AgentToolAttribute"/>, inherited ones included.</summary>
    /// <exception cref="ArgumentException">There is none, or one cannot be a tool.</exception>
    internal static IReadOnlyList<ToolMethod> AllOf(Type type)
    {
        var methods = type.GetMethods(All)
            .Where(method => method.GetCustomAttribute<AgentToolAttribute>() is not null)
            .OrderBy(method => method.MetadataToken)
            .Select(method => Of(method))
            .ToList();
        return methods.Count > 0 ? methods : throw new ArgumentException($"{type.FullName} has no method with [AgentTool]. Put it on each method that is to be a tool.");
    }

    /// <summary>One method, marked or not.</summary>
    /// <param name="method">The method.</param>
    /// <param name="name">Its name; null for the attribute's, or one made from the method's.</param>
    /// <param name="description">What it does; null for what attributes and documentation say.</param>
    /// <exception cref="ArgumentException">It cannot be a tool.</exception>
    internal static ToolMethod Of(MethodInfo method, string? name = null, string? description = null)
    {
        var shown = $"{method.DeclaringType?.FullName}.{method.Name}";
        if (Unsuitable(method) is { } reason)
        {
            throw new ArgumentException($"{shown} cannot be a tool: {reason}.");
        }

        var attribute = method.GetCustomAttribute<AgentToolAttribute>();
        name ??= attribute?.Name ?? DefaultName(method.Name);
        if (!ToolNameRule.Allows(name))
        {
            throw new ArgumentException($"\"{name}\" of {shown} is no name of a tool. Name it with [AgentTool(\"name\")]: {ToolNameRule.Words}.");
        }

        description ??= attribute?.Description ?? method.GetCustomAttribute<DescriptionAttribute>()?.Description ?? XmlDocumentation.Summary(method);
        return string.IsNullOrWhiteSpace(description)
            ? throw new ArgumentException(
                $"{shown} has no description, by which the model chooses. Write a <summary> (with <GenerateDocumentationFile>), [Description], or [AgentTool(Description = ...)].")
            : new ToolMethod(method, name, description.Trim(), attribute, ApprovalOf(attribute, shown));
    }

    private static ToolApproval? ApprovalOf(AgentToolAttribute? attribute, string shown)
    {
        try
        {
            return attribute?.Approval is { } text ? ToolApproval.Parse(text) : null;
        }
        catch (ApprovalConditionException exception)
        {
            throw new ArgumentException($"Approval of {shown} is neither \"never\" nor \"always\" nor a condition: at character {exception.Offset + 1}, {exception.Problem}.", exception);
        }
    }

    private static string DefaultName(string method)
    {
        const string Suffix = "Async";
        var name = method.Length > Suffix.Length && method.EndsWith(Suffix, StringComparison.Ordinal) ? method[..^Suffix.Length] : method;
        return JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
    }

    private static string? Unsuitable(MethodInfo method)
    {
        if (method.ContainsGenericParameters)
        {
            return "it is generic";
        }

        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
        {
            return "it is async void, so that nobody knows when it ends; return Task";
        }

        return method.GetParameters().FirstOrDefault(parameter => parameter.ParameterType is { IsByRef: true } or { IsByRefLike: true } or { IsPointer: true }) is { } wrong
            ? $"its parameter {wrong.Name} is no value that JSON can give"
            : null;
    }
}
