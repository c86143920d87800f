using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agent.Tools.DependencyInjection;

/// <summary>Puts the tools of an application among its services.</summary>
public static class AgentToolsServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="IToolRegistryProvider"/>. Further calls add to the same tools. Loggers and clock are those of the
    /// services where they have any.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="files">Tools files, read when the registry is built; relative ones count from the current folder.</param>
    /// <returns>What adds more tools.</returns>
    public static AgentToolsBuilder AddAgentTools(this IServiceCollection services, params IReadOnlyList<string> files)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(files);
        var registrations = services.Select(service => service.ServiceType == typeof(AgentToolRegistrations) ? service.ImplementationInstance : null)
            .OfType<AgentToolRegistrations>()
            .FirstOrDefault();
        if (registrations is null)
        {
            registrations = new AgentToolRegistrations();
            services.AddSingleton(registrations);
            services.TryAddSingleton<IToolRegistryProvider>(provider => new ToolRegistryProvider(registrations, provider));
        }

        var builder = new AgentToolsBuilder(services, registrations);
        foreach (var file in files)
        {
            builder.AddFile(file);
        }

        return builder;
    }
}
