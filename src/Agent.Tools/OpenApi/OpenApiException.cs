namespace Agent.Tools.OpenApi;

/// <summary>Something in a document cannot be used; caught at start and reported with its place in the tools file.</summary>
internal sealed class OpenApiException(string message, string fix) : Exception(message)
{
    internal string Fix { get; } = fix;
}
