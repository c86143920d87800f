using Agent.Core.Agents;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.Http;

/// <summary>
/// A URL whose path and query may hold arguments. Scheme, host and port come from the file alone: whatever the arguments are,
/// the result stays on the same origin and under the same path.
/// </summary>
internal sealed class UrlTemplate
{
    private readonly Uri _origin;
    private readonly IReadOnlyList<PathSegment> _path;
    private readonly IReadOnlyList<QueryParameter> _query;

    private UrlTemplate(Uri origin, IReadOnlyList<PathSegment> path, IReadOnlyList<QueryParameter> query)
    {
        _origin = origin;
        _path = path;
        _query = query;
    }

    internal string Host => _origin.Host;

    internal bool IsSecure => _origin.Scheme == Uri.UriSchemeHttps;

    /// <summary>A template from parts that are encoded already.</summary>
    internal static UrlTemplate Create(Uri origin, IReadOnlyList<PathSegment> path, IReadOnlyList<QueryParameter> query) => new(origin, path, query);

    /// <summary>Reads a template; null after a problem.</summary>
    internal static UrlTemplate? Parse(YamlScalar scalar, IReadOnlyList<QueryParameter> furtherQuery, TemplateScope scope)
    {
        if (scope.Parse(scalar) is not { } parts)
        {
            return null;
        }

        var authority = string.Concat(parts.TakeWhile(part => !part.IsArgument).Select(part => part.Text));
        var end = AuthorityEnd(authority);
        if (end < 0 && parts.Any(part => part.IsArgument))
        {
            scope.Report(scalar.Position, "the url has a placeholder in its scheme or host", "Write scheme and host out; placeholders may follow the first \"/\" after the host");
            return null;
        }

        var originText = end < 0 ? authority : authority[..end];
        if (!Uri.TryCreate(originText, UriKind.Absolute, out var origin)
            || (origin.Scheme != Uri.UriSchemeHttps && origin.Scheme != Uri.UriSchemeHttp)
            || origin.Host.Length == 0
            || originText.Contains('\\', StringComparison.Ordinal))
        {
            scope.Report(scalar.Position, "the url is not an absolute http or https URL", "Write it like https://api.example.com/v1/orders/{order_id}");
            return null;
        }

        if (origin.UserInfo.Length > 0)
        {
            scope.Report(scalar.Position, "the url holds a user name or password", "Send credentials in \"headers\", from ${NAME}");
            return null;
        }

        var rest = Encoded(parts, originText.Length);
        if (rest.Any(part => !part.IsArgument && part.Text.AsSpan().ContainsAny('#', '\\')))
        {
            scope.Report(scalar.Position, "the url holds a \"#\" or \"\\\"", "Leave the fragment out; write %23 or %5C for the character itself");
            return null;
        }

        return Build(scalar, origin, rest, furtherQuery, scope);
    }

    /// <summary>The URL of one call.</summary>
    /// <exception cref="ToolException">An argument would leave its segment.</exception>
    internal Uri Render(CallArguments arguments)
    {
        var path = string.Join('/', _path.Select(segment => segment.Render(arguments)));
        var query = string.Join('&', _query.SelectMany(parameter => parameter.Render(arguments)));
        var url = new Uri($"{_origin.Scheme}://{_origin.Authority}/{path}{(query.Length > 0 ? "?" : string.Empty)}{query}");
        if (url.Scheme != _origin.Scheme || url.Host != _origin.Host || url.Port != _origin.Port)
        {
            throw new ToolException("The arguments change the server of the URL. Pass plain values.");
        }

        return url;
    }

    private static UrlTemplate? Build(YamlScalar scalar, Uri origin, List<TemplatePart> rest, IReadOnlyList<QueryParameter> furtherQuery, TemplateScope scope)
    {
        var halves = Split(rest, '?', limit: 2);
        var path = Split(halves[0], '/', limit: int.MaxValue).Skip(1).Select(segment => new PathSegment(segment)).ToList();
        foreach (var name in path.SelectMany(segment => segment.Arguments).Where(name => !scope.Required.Contains(name, StringComparer.Ordinal)))
        {
            scope.Report(scalar.Position, $"parameter \"{name}\" stands in the path of the url but is not required", $"Add \"{name}\" to \"required\", or move it into the query");
        }

        var query = new List<QueryParameter>();
        foreach (var pair in halves.Count > 1 ? Split(halves[1], '&', limit: int.MaxValue).Where(pair => pair.Count > 0) : [])
        {
            var sides = Split(pair, '=', limit: 2);
            if (sides[0].Exists(part => part.IsArgument))
            {
                scope.Report(scalar.Position, "the url has a placeholder in the name of a query parameter", "Write the name out; only values may be placeholders");
                return null;
            }

            query.Add(new QueryParameter(string.Concat(sides[0].Select(part => part.Text)), sides.Count > 1 ? sides[1] : null));
        }

        return new UrlTemplate(origin, path, [.. query, .. furtherQuery]);
    }

    private static int AuthorityEnd(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal);
        return start < 0 ? -1 : text.AsSpan(start + 3).IndexOfAny("/?#") is var end and >= 0 ? start + 3 + end : -1;
    }

    // What follows the origin. A variable's value is encoded there, as it is no URL syntax but data, a key for example.
    private static List<TemplatePart> Encoded(IReadOnlyList<TemplatePart> parts, int skip)
    {
        var rest = new List<TemplatePart>();
        foreach (var part in parts)
        {
            if (part.IsArgument)
            {
                rest.Add(part);
            }
            else if (skip >= part.Text.Length)
            {
                skip -= part.Text.Length;
            }
            else
            {
                rest.Add(new TemplatePart(part.IsSecret && skip == 0 ? Uri.EscapeDataString(part.Text) : part.Text[skip..], isArgument: false));
                skip = 0;
            }
        }

        return rest;
    }

    private static List<List<TemplatePart>> Split(IEnumerable<TemplatePart> parts, char separator, int limit)
    {
        var groups = new List<List<TemplatePart>> { new() };
        foreach (var part in parts)
        {
            if (part.IsArgument)
            {
                groups[^1].Add(part);
                continue;
            }

            var pieces = part.Text.Split(separator, limit - groups.Count + 1);
            for (var i = 0; i < pieces.Length; i++)
            {
                if (i > 0)
                {
                    groups.Add([]);
                }

                if (pieces[i].Length > 0)
                {
                    groups[^1].Add(new TemplatePart(pieces[i], isArgument: false));
                }
            }
        }

        return groups;
    }
}
