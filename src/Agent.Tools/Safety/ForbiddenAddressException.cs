namespace Agent.Tools.Safety;

/// <summary>A host name led to an address that a tool may not reach.</summary>
internal sealed class ForbiddenAddressException : IOException
{
    internal ForbiddenAddressException(string host)
        : base($"{host} leads to an address that is not public; set \"allow_private_network: true\" in the tool's options if that is meant") => Host = host;

    internal string Host { get; }
}
