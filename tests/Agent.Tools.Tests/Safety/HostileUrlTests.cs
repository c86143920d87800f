using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Tests.Support;
using Xunit.Abstractions;

namespace Agent.Tools.Tests.Safety;

/// <summary>Plays the corpus against tools whose connections are counted where they would be opened.</summary>
public sealed class HostileUrlTests(ITestOutputHelper output)
{
    private readonly ConcurrentQueue<IPEndPoint> _connections = new();
    private volatile string _answer = string.Empty;

    [Fact]
    public void The_corpus_is_large() => Assert.True(HostileUrls.All.Count >= 200, $"{HostileUrls.All.Count} URLs");

    [Fact]
    public async Task No_URL_of_a_tool_opens_a_forbidden_connection()
    {
        var refused = 0;
        foreach (var url in HostileUrls.All)
        {
            try
            {
                await using var registry = await BuildAsync($"url: {JsonSerializer.Serialize(url)}");
                await registry.CallAsync("call");
            }
            catch (Exception exception) when (exception is ToolException or ToolsFileException)
            {
                refused++;
            }
        }

        Report("as the URL of a tool", refused);
    }

    [Theory]
    [InlineData("redirect", "follow_redirects: true")]
    [InlineData("next", "pagination: { next: /next, items: /data, max_pages: 2 }")]
    [InlineData("link", "pagination: { next: link_header, items: /data, max_pages: 2 }")]
    public async Task No_answer_of_a_server_opens_a_forbidden_connection(string route, string options)
    {
        await using var registry = await BuildAsync($"url: http://public.example/start\n      {options}");
        var refused = 0;
        foreach (var url in HostileUrls.All)
        {
            // What a header cannot hold cannot come in one; a server would send its bytes.
            var header = new string([.. Encoding.UTF8.GetBytes(url.ReplaceLineEndings(string.Empty)).Select(value => (char)value)]);
            var body = $$"""{"data":[1]{{(route == "next" ? $",\"next\":{JsonSerializer.Serialize(url)}" : string.Empty)}}}""";
            _answer = route switch
            {
                "redirect" => $"HTTP/1.1 302 Found\r\nLocation: {header}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                "link" => $"HTTP/1.1 200 OK\r\nLink: <{header}>; rel=next\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}",
                _ => $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}",
            };
            try
            {
                var result = await registry.CallAsync("call");
                refused += result.Contains("incomplete", StringComparison.Ordinal) ? 1 : 0;
            }
            catch (ToolException)
            {
                refused++;
            }
        }

        Assert.True(_connections.Count >= HostileUrls.All.Count, "the public server itself must have been reached each time");
        Report($"from a server, by {route}", refused);
    }

    [Fact]
    public async Task No_argument_changes_the_server()
    {
        await using var registry = await BuildAsync(
            "url: 'http://public.example/a/{id}/b?q={id}'",
            "parameters: { type: object, properties: { id: { type: string } }, required: [id] }");
        _answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        var refused = 0;
        foreach (var url in HostileUrls.All.SelectMany(url => new[] { url, $"/../../{url}", $"@{url[(url.IndexOf("//", StringComparison.Ordinal) + 2)..]}" }))
        {
            try
            {
                await registry.CallAsync("call", JsonSerializer.Serialize(new { id = url }));
            }
            catch (ToolException)
            {
                refused++;
            }
        }

        Report("as an argument", refused);
    }

    private void Report(string route, int refused)
    {
        var forbidden = _connections.Where(endPoint => !HostileUrls.Public.Contains(endPoint.Address)).ToList();
        output.WriteLine($"{HostileUrls.All.Count} hostile URLs {route}: {refused} calls refused, {_connections.Count} connections opened, {forbidden.Count} of them forbidden");
        Assert.Empty(forbidden);
    }

    private async Task<ToolRegistry> BuildAsync(string options, string parameters = "idempotent: true") => await new ToolRegistryBuilder
    {
        CreateHttpHandler = allowed => GuardedHttpHandler.Create(allowed, HostileUrls.Resolver(), OpenAsync),
    }
        .AddText(
            $$"""
            version: 1
            tools:
              - name: call
                description: d
                kind: http
                limits: { retries: 0, circuit_breaker: false }
                {{parameters}}
                options:
                  {{options}}
            """,
            "tools.yaml")
        .BuildAsync();

    private ValueTask<Stream> OpenAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        _connections.Enqueue(endPoint);
        return ValueTask.FromResult<Stream>(new CannedStream(Encoding.Latin1.GetBytes(_answer)));
    }

    /// <summary>A connection that answers the same to whatever is written to it.</summary>
    private sealed class CannedStream(byte[] answer) : MemoryStream(answer, writable: false)
    {
        public override bool CanWrite => true;

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
