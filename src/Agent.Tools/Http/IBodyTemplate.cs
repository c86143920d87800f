namespace Agent.Tools.Http;

/// <summary>The body of a request, made anew for each attempt.</summary>
internal interface IBodyTemplate
{
    HttpContent Render(HttpArguments arguments);
}
