using System.Text.Json;
using Agent.Tools.Json;

namespace Agent.Tools.OpenApi;

/// <summary>Finds the address that the requests of an operation go to.</summary>
internal static class OpenApiServer
{
    private const string Fix = "Set \"server\" to an address like https://api.example.com/v1";

    /// <summary>The address of the tools file; else the first server of the operation, its path or the document.</summary>
    /// <exception cref="OpenApiException">There is none, or it is no http or https URL without credentials, query and fragment.</exception>
    internal static Uri Find(OpenApiDocument document, OpenApiOperation operation, OpenApiOptions options)
    {
        var text = options.Server ?? FromDocument(document, operation);
        var isAbsolute = Uri.TryCreate(text, UriKind.Absolute, out var url) && !url.IsFile;
        if (!isAbsolute && (document.Location is null || !Uri.TryCreate(document.Location, text, out url)))
        {
            throw new OpenApiException("the document names no server", Fix);
        }

        if (url!.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)
        {
            throw new OpenApiException("the server is no http or https URL", Fix);
        }

        if (url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0 || text.Contains('\\', StringComparison.Ordinal))
        {
            throw new OpenApiException("the server holds more than scheme, host, port and path", Fix);
        }

        return options.Authentication is null || url.Scheme == Uri.UriSchemeHttps || options.AllowPrivateNetwork
            ? url
            : throw new OpenApiException("\"auth\" would be sent over http, where anyone on the way can read it", "Set \"server\" to an https address");
    }

    private static string FromDocument(OpenApiDocument document, OpenApiOperation operation)
    {
        foreach (var owner in new[] { operation.Definition, operation.PathItem, document.Root })
        {
            foreach (var server in JsonRead.Items(owner, "servers"))
            {
                return FillIn(server);
            }
        }

        return "/";
    }

    private static string FillIn(JsonElement server)
    {
        var url = JsonRead.Text(server, "url") ?? string.Empty;
        foreach (var variable in JsonRead.Members(server, "variables"))
        {
            url = url.Replace($"{{{variable.Name}}}", JsonRead.Text(variable.Value, "default") ?? string.Empty, StringComparison.Ordinal);
        }

        return url;
    }
}
