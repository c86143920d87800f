using System.Net.Http.Headers;
using System.Text;
using Agent.Tools.Templates;

namespace Agent.Tools.Http;

/// <summary>A body of form fields (<c>application/x-www-form-urlencoded</c>).</summary>
internal sealed class FormBodyTemplate(IReadOnlyList<QueryParameter> fields) : IBodyTemplate
{
    private static readonly MediaTypeHeaderValue MediaType = new("application/x-www-form-urlencoded");

    public HttpContent Render(CallArguments arguments)
    {
        var text = string.Join('&', fields.SelectMany(field => field.Render(arguments)));
        return new StringContent(text, Encoding.UTF8, MediaType);
    }
}
