using Agent.Core.Agents;
using Agent.Tools.Function;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agent.Tools.DependencyInjection;

/// <summary>
/// Adds tools to the services of an application. Mistakes in methods are thrown where they are added; those of files and of
/// names that are given twice come from <see cref="IToolRegistryProvider.GetAsync"/>. Not thread-safe.
/// </summary>
public sealed class AgentToolsBuilder
{
    private readonly AgentToolRegistrations _registrations;

    internal AgentToolsBuilder(IServiceCollection services, AgentToolRegistrations registrations)
    {
        Services = services;
        _registrations = registrations;
    }

    /// <summary>The services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Adds the tools of a file, which is read when the registry is built.</summary>
    /// <param name="path">The file; a relative one counts from the current folder.</param>
    public AgentToolsBuilder AddFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _registrations.Files.Add(path);
        return this;
    }

    /// <summary>
    /// Adds every method of a class that bears <see cref="AgentToolAttribute"/>. Each call takes the instance from the services
    /// that it brings, else from a scope of its own. The class is registered as transient unless it is registered already.
    /// </summary>
    /// <typeparam name="TClass">The class.</typeparam>
    /// <param name="limits">The limits of its tools; null for those of <see cref="Configure(ToolLimits)"/>.</param>
    /// <exception cref="ArgumentException">It has no such method, or one cannot be a tool: no description, a bad name, a type that JSON cannot give.</exception>
    public AgentToolsBuilder AddTool<TClass>(ToolLimits? limits = null)
        where TClass : class => AddTool(typeof(TClass), limits);

    /// <summary>As <see cref="AddTool{TClass}(ToolLimits?)"/>, for static classes too.</summary>
    /// <param name="type">The class.</param>
    /// <param name="limits">The limits of its tools; null for those of <see cref="Configure(ToolLimits)"/>.</param>
    /// <exception cref="ArgumentException">It has no such method, or one cannot be a tool: no description, a bad name, a type that JSON cannot give.</exception>
    public AgentToolsBuilder AddTool(Type type, ToolLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        var methods = ToolMethod.AllOf(type);
        if (methods.Any(method => !method.Method.IsStatic))
        {
            Services.TryAddTransient(type);
        }

        foreach (var method in methods)
        {
            Add(method, ToolMethodFunction.Create(method, type), limits);
        }

        return this;
    }

    /// <summary>Adds a method or a lambda.</summary>
    /// <param name="method">The method; <see cref="AgentToolAttribute"/> on it counts, on a lambda too.</param>
    /// <param name="name">The name; null for that of the attribute or of the method. A lambda has none of its own.</param>
    /// <param name="description">What it does; null for what attributes and documentation say.</param>
    /// <param name="limits">Its limits; null for those of <see cref="Configure(ToolLimits)"/>.</param>
    /// <exception cref="ArgumentException">It cannot be a tool: no description, no name, a type that JSON cannot give.</exception>
    public AgentToolsBuilder AddTool(Delegate method, string? name = null, string? description = null, ToolLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        var tool = ToolMethod.Of(method.Method, name, description);
        return Add(tool, ToolMethodFunction.Create(tool, method.Target), limits);
    }

    /// <summary>Adds a function as it is, under its own name. It is taken to only look unless it is an <see cref="ApprovalRequiredAIFunction"/>, which asks.</summary>
    /// <param name="function">The function.</param>
    /// <param name="limits">Its limits; null for those of <see cref="Configure(ToolLimits)"/>.</param>
    public AgentToolsBuilder AddTool(AIFunction function, ToolLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return AddTool(new CreatedTool(function) { Effects = ToolEffects.Read }, limits);
    }

    /// <summary>Adds a function as it is, with what is known of it.</summary>
    /// <param name="tool">The function, and what its calls do.</param>
    /// <param name="limits">Its limits; null for those of <see cref="Configure(ToolLimits)"/>.</param>
    public AgentToolsBuilder AddTool(CreatedTool tool, ToolLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(tool);
        _registrations.Tools.Add((tool, limits));
        return this;
    }

    /// <summary>Adds a kind beside those of <see cref="ToolKinds.Default"/>.</summary>
    /// <param name="kind">The kind.</param>
    public AgentToolsBuilder AddKind(IToolKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        _registrations.Kinds.Add(kind);
        return this;
    }

    /// <summary>Lets tools files declare tools of <c>kind: process</c>, which run programs of this machine.</summary>
    /// <param name="allow">Whether they may.</param>
    public AgentToolsBuilder AllowProcesses(bool allow = true)
    {
        _registrations.AllowProcesses = allow;
        return this;
    }

    /// <summary>Sets the limits of tools that are added in code without any of their own, before or after this call.</summary>
    /// <param name="limits">The limits.</param>
    public AgentToolsBuilder Configure(ToolLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _registrations.Limits = limits;
        return this;
    }

    /// <summary>Does with the builder of the registry what this one has no method for.</summary>
    /// <param name="configure">Called each time that the registry is built; it gets the services of the application.</param>
    public AgentToolsBuilder Configure(Action<IServiceProvider, ToolRegistryBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _registrations.Configurations.Add(configure);
        return this;
    }

    private AgentToolsBuilder Add(ToolMethod method, AIFunction function, ToolLimits? limits) =>
        AddTool(new CreatedTool(function) { IsIdempotent = method.IsIdempotent, Effects = method.Effects, Approval = method.Approval }, limits);
}
