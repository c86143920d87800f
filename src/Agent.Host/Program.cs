using Agent.Host;

return await new AgentApplication(HostEnvironment.OfThisProcess()).RunAsync(args);
