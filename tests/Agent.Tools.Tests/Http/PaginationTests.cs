using System.Text;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Http;

public sealed class PaginationTests
{
    private const string ByPointer = "pagination: { next: /links/next, items: /data, max_pages: 3 }";

    private static Task<HttpToolFixture> StartAsync(Func<ReceivedRequest, byte[]?> answer, string options = ByPointer) =>
        HttpToolFixture.StartAsync($"url: '{{server}}/list'\n{options}", answer, parameters: string.Empty, required: string.Empty);

    private static byte[] Page(string items, string next) => LocalHttpServer.Json($$"""{"data":[{{items}}],"links":{"next":{{next}} } }""");

    [Fact]
    public async Task Pages_are_joined_until_there_is_no_next_one()
    {
        await using var fixture = await StartAsync(request => request.Target == "/list" ? Page("1,2", "\"?page=2\"") : Page("3", "null"));
        Assert.Equal("""{"items":[1,2,3]}""", await fixture.CallAsync("{}"));
        Assert.Equal(["/list", "/list?page=2"], fixture.Server.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task The_cap_is_said_first()
    {
        var page = 0;
        await using var fixture = await StartAsync(_ => Page($"{++page}", $"\"/list?page={page}\""));
        Assert.Equal("""{"note":"incomplete: stopped after 3 pages, more follow","items":[1,2,3]}""", await fixture.CallAsync("{}"));
        Assert.Equal(3, fixture.Server.Requests.Count);
    }

    [Theory]
    [InlineData("<https://a.example/1>; rel=\"prev\", </list?page=2>; rel=\"last next\"")]
    [InlineData("</list?page=2>;title=\"a, <b>; rel=prev\";rel=next")]
    [InlineData("<x, </y>; rel=prev, </list?page=2>; REL=NEXT")]
    public async Task Links_of_the_header_are_followed(string link)
    {
        await using var fixture = await StartAsync(
            request => request.Target == "/list" ? LocalHttpServer.Response(200, "application/json", "[1]"u8.ToArray(), $"Link: {link}") : LocalHttpServer.Json("[2]"),
            "pagination: { next: link_header, items: '' }");
        Assert.Equal("""{"items":[1,2]}""", await fixture.CallAsync("{}"));
        Assert.Equal("/list?page=2", fixture.Server.Requests.Last().Target);
    }

    [Theory]
    [InlineData("<")]
    [InlineData("<a")]
    [InlineData("</list?page=2>")]
    [InlineData("</list?page=2>; rel")]
    [InlineData("</list?page=2>; rel=\"")]
    [InlineData("; rel=next")]
    public async Task A_header_without_a_next_link_ends_the_list(string link)
    {
        await using var fixture = await StartAsync(
            _ => LocalHttpServer.Response(200, "application/json", "[1]"u8.ToArray(), $"Link: {link}"),
            "pagination: { next: link_header, items: '' }");
        Assert.Equal("""{"items":[1]}""", await fixture.CallAsync("{}"));
    }

    [Theory]
    [InlineData("http://127.0.0.2/{port}")]
    [InlineData("https://127.0.0.1:{port}/list")]
    [InlineData("//evil.example/list")]
    [InlineData("http://user:pw@127.0.0.1:{port}/list?page=2")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://127.0.0.1:{port}@evil.example/")]
    [InlineData("http://")]
    public async Task Only_pages_of_the_same_server_are_asked_for(string next)
    {
        LocalHttpServer? server = null;
        await using var fixture = await StartAsync(_ => Page("1", $"\"{next.Replace("{port}", $"{server!.Port}", StringComparison.Ordinal)}\""), $"{ByPointer}\nheaders: {{ X-Key: '${{TOKEN}}' }}");
        server = fixture.Server;
        Assert.Equal("""{"note":"incomplete: page 1 names a next page on another server, which is not followed","items":[1]}""", await fixture.CallAsync("{}"));
        Assert.Single(fixture.Server.Requests);
    }

    [Fact]
    public async Task A_circle_of_pages_ends()
    {
        await using var fixture = await StartAsync(_ => Page("1", "\"/list\""));
        Assert.Equal("""{"note":"incomplete: page 1 names a next page that was read before","items":[1]}""", await fixture.CallAsync("{}"));
    }

    [Fact]
    public async Task All_pages_together_stay_within_the_bytes_of_one_answer()
    {
        await using var fixture = await StartAsync(
            request => Page($"\"{new string('x', 700)}\"", $"\"{request.Target}1\""),
            $"{ByPointer}\nmax_response_bytes: 1024");
        Assert.StartsWith("{\"note\":\"incomplete: page 2 would make the answer longer than 1024 bytes\",\"items\":[\"xxx", await fixture.CallAsync("{}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_in_a_link_works_and_is_not_shown()
    {
        var key = Uri.EscapeDataString(HttpToolFixture.Secret);
        await using var fixture = await StartAsync(
            request => request.Target.Contains("page", StringComparison.Ordinal) ? Page("2", "null") : Page($"\"{key}\"", $"\"/list?page=2&key={key}\""),
            $"{ByPointer}\nquery: {{ key: '${{TOKEN}}' }}");
        Assert.Equal("""{"items":["***",2]}""", await fixture.CallAsync("{}"));
        Assert.Equal($"/list?page=2&key={key}", fixture.Server.Requests.Last().Target);
    }

    [Theory]
    [InlineData("{\"data\":5}", "page 1 of 127.0.0.1 has no list at \"/data\"")]
    [InlineData("nonsense", "127.0.0.1 answered with text that is not valid JSON")]
    public async Task A_page_without_a_list_is_an_error(string body, string message)
    {
        await using var fixture = await StartAsync(_ => LocalHttpServer.Response(200, "application/json", Encoding.UTF8.GetBytes(body)));
        Assert.Equal(message, await fixture.FailAsync("{}"));
    }

    [Theory]
    [InlineData("pagination: { items: /data }", "\"pagination\" has no \"next\". Add \"next: ...\".")]
    [InlineData("pagination: { next: /next }", "\"pagination\" has no \"items\" in tool \"call\". Add the JSON pointer of a page's list, \"\" where the page is the list itself.")]
    [InlineData("pagination: { next: nxt, items: /data }", "\"next\" is \"nxt\", which is no JSON pointer in tool \"call\". Write it like /data/items/0 (RFC 6901).")]
    [InlineData("pagination: { next: /n, items: /d, max_pages: 21 }", "\"max_pages\" of \"pagination\" is \"21\". It must be a whole number from 2 to 20.")]
    [InlineData("pagination: { next: /n, items: /d }\nselect: /a", "\"pagination\" and \"select\" stand side by side in tool \"call\". \"items\" of \"pagination\" says what is taken; remove \"select\".")]
    [InlineData("pagination: { next: /n, items: /d }\nmethod: POST", "\"pagination\" stands beside method POST in tool \"call\". Pages are asked for with GET; remove one of the two.")]
    public async Task What_is_wrong_is_told_at_start(string options, string message)
    {
        var exception = await Assert.ThrowsAsync<ToolsFileException>(() => StartAsync(_ => null, options));
        Assert.EndsWith(message, Assert.Single(exception.Message.Split('\n')), StringComparison.Ordinal);
    }
}
