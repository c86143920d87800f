namespace Agent.Host.Tests.Configuration;

/// <summary>The settings of the search and of the embedding server: what they may be, and that no message shows a secret.</summary>
public sealed class SearchSettingsTests : IDisposable
{
    private readonly SettingsHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("Agent__Retrieval__Mode", "Dense", "Agent:Retrieval:Mode", "needs an embedding model")]
    [InlineData("Agent__Retrieval__Collection", "../x", "Agent:Retrieval:Collection", "1 to 64 of a-z")]
    [InlineData("Agent__Retrieval__Tenant", "A", "Agent:Retrieval:Tenant", "1 to 64 of a-z")]
    [InlineData("Agent__Embedding__Url", "ftp://x", "Agent:Embedding:Url", "is no address of a server")]
    [InlineData("Agent__Embedding__Url", "http://localhost:1/v1", "Agent:Embedding:Model", "is missing")]
    [InlineData("Agent__Embedding__Pooling", "None", "Agent:Embedding:Pooling", "Mean, Cls or Last")]
    [InlineData("Agent__Retrieval__Connection", "Host=h;Password=hunter2;Nonsense=1", "Agent:Retrieval:Connection", "The connection of the collections")]
    public void A_mistake_in_the_search_is_named_without_secrets(string variable, string value, string key, string expected)
    {
        _home.Variables[variable] = value;

        var problem = Assert.Single(_home.Problems());
        Assert.Contains(key, problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tenant_has_a_folder_of_its_own_below_the_folder_of_collections()
    {
        Assert.Equal(Path.Combine(_home.Current, ".agent", "collections"), _home.Load().CollectionsPath());
        _home.Variables["Agent__Retrieval__Tenant"] = "t7";
        Assert.Equal(Path.Combine(_home.Current, ".agent", "collections", "t7"), _home.Load().CollectionsPath());
    }

    [Theory]
    [InlineData("http://localhost:8080", "http://localhost:8080/v1")]
    [InlineData("http://localhost:8080/", "http://localhost:8080/v1")]
    [InlineData("https://a.example/openai/v1", "https://a.example/openai/v1")]
    public void The_address_of_a_server_is_read_as_everywhere(string written, string read)
    {
        _home.Variables["Agent__Embedding__Url"] = written;
        _home.Variables["Agent__Embedding__Model"] = "m";

        Assert.Equal(new Uri(read), _home.Load().Embedding.Url);
    }

    [Theory]
    [InlineData("http://me:hunter2@localhost:8080/v1", "holds a user name or a password. Write it without them; the key belongs in AGENT_EMBEDDING_KEY.")]
    [InlineData("http://me:hunter2@[::1/v1", "is no address of a server. Write one such as http://localhost:8080/v1; the key belongs in AGENT_EMBEDDING_KEY.")]
    [InlineData("me:hunter2@localhost:8080/v1", "is no address of a server. Write one such as http://localhost:8080/v1; the key belongs in AGENT_EMBEDDING_KEY.")]
    public void The_address_of_a_server_holds_no_password_and_none_is_shown(string written, string expected)
    {
        _home.Variables["Agent__Embedding__Url"] = written;
        _home.Variables["Agent__Embedding__Model"] = "m";

        Assert.Equal([$"Agent:Embedding:Url (environment variable Agent__Embedding__Url) {expected}"], _home.Problems());
    }
}
