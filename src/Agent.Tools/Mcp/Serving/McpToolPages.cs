using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Tools.Mcp.Serving;

/// <summary>The list of tools in pages. Immutable.</summary>
internal sealed class McpToolPages(IReadOnlyList<Tool> tools, int pageSize)
{
    /// <summary>Tools on all pages.</summary>
    internal int Count => tools.Count;

    /// <summary>The page that a cursor leads to: it is the name of the first tool there.</summary>
    /// <exception cref="McpProtocolException">There is no such page.</exception>
    internal ListToolsResult Get(string? cursor)
    {
        var start = string.IsNullOrEmpty(cursor) ? 0 : IndexOf(cursor);
        return new ListToolsResult
        {
            Tools = [.. tools.Skip(start).Take(pageSize)],
            NextCursor = start + pageSize < tools.Count ? tools[start + pageSize].Name : null,
        };
    }

    private int IndexOf(string cursor)
    {
        for (var i = 0; i < tools.Count; i++)
        {
            if (tools[i].Name.Equals(cursor, StringComparison.Ordinal))
            {
                return i;
            }
        }

        throw new McpProtocolException("The cursor leads to no page. List the tools from the start, without a cursor.", McpErrorCode.InvalidParams);
    }
}
