using System.Net;
using Agent.Tools.Safety;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Safety;

public sealed class GuardedHttpHandlerTests
{
    [Theory]
    [InlineData("http://127.0.0.1:{port}/")]
    [InlineData("http://localhost:{port}/")]
    [InlineData("http://[::1]:{port}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{port}/")]
    [InlineData("http://2130706433:{port}/")]
    [InlineData("http://0x7f000001:{port}/")]
    [InlineData("http://0177.0.0.1:{port}/")]
    [InlineData("http://127.1:{port}/")]
    [InlineData("http://0:{port}/")]
    public async Task No_spelling_of_loopback_is_connected_to(string url)
    {
        await using var server = new LocalHttpServer(_ => LocalHttpServer.Json("{}"));
        using var client = new HttpClient(GuardedHttpHandler.Create(allowPrivateNetwork: false));
        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(url.Replace("{port}", server.Port.ToString(), StringComparison.Ordinal)));
        Assert.IsType<ForbiddenAddressException>(exception.InnerException);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_name_with_one_private_address_among_public_ones_is_refused()
    {
        var connect = new GuardedConnect((_, _) => Task.FromResult(new[] { IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.0.0.1") }));
        var exception = await Assert.ThrowsAsync<ForbiddenAddressException>(async () => await connect.CheckedAddressesAsync("mixed.example", CancellationToken.None));
        Assert.Equal("mixed.example leads to an address that is not public; set \"allow_private_network: true\" in the tool's options if that is meant", exception.Message);
    }

    [Fact]
    public async Task A_name_is_resolved_once_so_that_a_second_answer_is_never_used()
    {
        var answers = 0;
        using var handler = GuardedHttpHandler.Create(
            allowPrivateNetwork: false,
            (_, _) =>
            {
                answers++;
                return Task.FromResult(new[] { answers == 1 ? IPAddress.Parse("10.1.2.3") : IPAddress.Parse("8.8.8.8") });
            });
        using var client = new HttpClient(handler);
        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("http://rebind.example/"));
        Assert.IsType<ForbiddenAddressException>(exception.InnerException);
        Assert.Equal(1, answers);
    }

    [Fact]
    public async Task Checked_addresses_come_with_IPv4_first()
    {
        var connect = new GuardedConnect((_, _) => Task.FromResult(new[] { IPAddress.Parse("2606:4700:4700::1111"), IPAddress.Parse("1.1.1.1") }));
        Assert.Equal(["1.1.1.1", "2606:4700:4700::1111"], (await connect.CheckedAddressesAsync("both.example", CancellationToken.None)).Select(address => address.ToString()));
    }

    [Fact]
    public async Task A_private_network_is_reached_where_it_is_allowed()
    {
        await using var server = new LocalHttpServer(_ => LocalHttpServer.Json("{}"));
        using var client = new HttpClient(GuardedHttpHandler.Create(allowPrivateNetwork: true));
        Assert.Equal("{}", await client.GetStringAsync(server.Url));
    }

    [Fact]
    public void Secrets_are_taken_out_in_every_form()
    {
        var redactor = new SecretRedactor(["p+w/=\"d", "abc"]);
        Assert.Equal("*** *** *** abc", redactor.Redact("p+w/=\"d p%2Bw%2F%3D%22d p+w/=\\\"d abc"));
    }
}
