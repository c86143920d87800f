namespace Agent.Tools.Tests.Support;

/// <summary>A request as it stood on the wire.</summary>
internal sealed record ReceivedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);
