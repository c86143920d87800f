using System.Net.Http.Headers;
using System.Text;
using Agent.Tools.Safety;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.Http.Authentication;

/// <summary>
/// Reads <c>auth</c>: exactly one of <c>bearer</c>, <c>basic</c> and <c>client_credentials</c>. Secrets come from the environment
/// only, so that no file holds one.
/// </summary>
internal sealed class HttpAuthenticationReader(TemplateScope scope, MappingReader options, bool allowPrivateNetwork)
{
    /// <summary>Makes the authentication once the redactor of the tool is known; null without <c>auth</c>, and after a problem.</summary>
    /// <param name="headers">The tool's own headers.</param>
    internal Func<SecretRedactor, IHttpAuthentication>? Read(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (options.Mapping("auth") is not { } mapping)
        {
            return null;
        }

        if (headers.Any(header => string.Equals(header.Key, "Authorization", StringComparison.OrdinalIgnoreCase)))
        {
            scope.Report(mapping.Position, "\"auth\" and the header \"Authorization\" stand side by side", "Keep one of the two");
        }

        var reader = new MappingReader(mapping, scope.Context.Problems, "\"auth\"");
        var bearer = reader.Text("bearer");
        var basic = reader.Mapping("basic");
        var credentials = reader.Mapping("client_credentials");
        reader.End();
        if (new object?[] { bearer, basic, credentials }.Count(form => form is not null) != 1)
        {
            scope.Report(mapping.Position, "\"auth\" does not hold exactly one form", "Write bearer, basic or client_credentials");
            return null;
        }

        return bearer is not null ? ReadBearer(bearer) : basic is not null ? ReadBasic(basic) : ReadCredentials(credentials!);
    }

    private Func<SecretRedactor, IHttpAuthentication>? ReadBearer(YamlScalar scalar)
    {
        if (Secret(scalar, "bearer") is not { } token)
        {
            return null;
        }

        if (token.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            scope.Report(scalar.Position, "the token of \"bearer\" has a space or a character outside ASCII", "Set the variable to the token alone");
            return null;
        }

        return _ => new FixedAuthentication(new AuthenticationHeaderValue("Bearer", token));
    }

    private Func<SecretRedactor, IHttpAuthentication>? ReadBasic(YamlMapping mapping)
    {
        var reader = new MappingReader(mapping, scope.Context.Problems, "\"basic\"");
        var user = reader.RequiredText("user") is { } name ? scope.ParseWithoutArguments(name) : null;
        var password = reader.RequiredText("password") is { } scalar ? Secret(scalar, "password") : null;
        reader.End();
        if (user?.Contains(':', StringComparison.Ordinal) == true)
        {
            scope.Report(mapping.Position, "the user of \"basic\" holds a colon, which ends a user name", "Give the user name alone");
            return null;
        }

        if (user is null || password is null)
        {
            return null;
        }

        var value = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        scope.Secrets.Add(value);
        return _ => new FixedAuthentication(new AuthenticationHeaderValue("Basic", value));
    }

    private Func<SecretRedactor, IHttpAuthentication>? ReadCredentials(YamlMapping mapping)
    {
        var reader = new MappingReader(mapping, scope.Context.Problems, "\"client_credentials\"");
        var url = reader.RequiredText("token_url") is { } address ? TokenUrl(address) : null;
        var id = reader.RequiredText("client_id") is { } name ? scope.ParseWithoutArguments(name) : null;
        var secret = reader.RequiredText("client_secret") is { } scalar ? Secret(scalar, "client_secret") : null;
        var asked = reader.Text("scope") is { } text ? scope.ParseWithoutArguments(text) : null;
        var place = reader.Choice("credentials_in", "header", "header", "body");
        reader.End();
        if (url is null || id is null || secret is null)
        {
            return null;
        }

        var settings = new ClientCredentials { TokenUrl = url, ClientId = id, ClientSecret = secret, Scope = asked, InBody = place == "body" };
        return redactor =>
        {
            var clock = scope.Context.TimeProvider;
            var authentication = new ClientCredentialsAuthentication(new TokenRequest(settings, redactor, clock), clock);
            scope.Context.DisposeWithRegistry(authentication);
            return authentication;
        };
    }

    private Uri? TokenUrl(YamlScalar scalar)
    {
        if (scope.ParseWithoutArguments(scalar) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.UserInfo.Length == 0
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && allowPrivateNetwork)))
        {
            return url;
        }

        scope.Report(scalar.Position, "\"token_url\" is no https URL", "Write it like https://login.example.com/oauth2/token; http is for private networks that the tool may reach");
        return null;
    }

    private string? Secret(YamlScalar scalar, string key)
    {
        if (EnvironmentText.Split(scalar, scope.Context) is not { } pieces)
        {
            return null;
        }

        if (pieces is [{ IsSecret: true, Text: var secret }])
        {
            scope.Secrets.Add(secret);
            return secret;
        }

        scope.Report(scalar.Position, $"\"{key}\" does not come from the environment", $"Write {key}: ${{NAME}} and set the variable NAME");
        return null;
    }
}
