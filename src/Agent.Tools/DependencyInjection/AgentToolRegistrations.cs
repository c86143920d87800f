using Agent.Tools.Registry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tools.DependencyInjection;

/// <summary>What an application registered, until the registry is built of it.</summary>
internal sealed class AgentToolRegistrations
{
    internal List<string> Files { get; } = [];

    internal List<IToolKind> Kinds { get; } = [];

    internal List<(CreatedTool Tool, ToolLimits? Limits)> Tools { get; } = [];

    internal List<Action<IServiceProvider, ToolRegistryBuilder>> Configurations { get; } = [];

    /// <summary>The limits of tools that were added without any.</summary>
    internal ToolLimits Limits { get; set; } = new();

    internal bool AllowProcesses { get; set; }

    internal ToolRegistryBuilder CreateBuilder(IServiceProvider services)
    {
        var builder = new ToolRegistryBuilder
        {
            LoggerFactory = (ILoggerFactory?)services.GetService(typeof(ILoggerFactory)) ?? NullLoggerFactory.Instance,
            TimeProvider = (TimeProvider?)services.GetService(typeof(TimeProvider)) ?? TimeProvider.System,
            AllowProcesses = AllowProcesses,
        };
        Kinds.ForEach(kind => builder.AddKind(kind));
        Files.ForEach(file => builder.AddFile(file));
        foreach (var (tool, limits) in Tools)
        {
            builder.AddFunction(tool with { Function = Scoped(tool.Function, services) }, limits ?? Limits);
        }

        Configurations.ForEach(configure => configure(services, builder));
        return builder;
    }

    private static ScopedFunction Scoped(AIFunction function, IServiceProvider services) => new(function, services);
}
