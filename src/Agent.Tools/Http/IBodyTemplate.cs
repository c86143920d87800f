using Agent.Tools.Templates;

namespace Agent.Tools.Http;

/// <summary>The body of a request, made anew for each attempt.</summary>
internal interface IBodyTemplate
{
    /// <summary>The body; null for none.</summary>
    HttpContent? Render(CallArguments arguments);
}
