using System.ComponentModel;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Function;
using Agent.Tools.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Function;

/// <summary>What is made of a method: name, description, schema, arguments.</summary>
public sealed class ToolMethodTests
{
    private static ToolMethodFunction Function(string method)
    {
        var found = ToolMethod.AllOf(typeof(SampleOrders)).Single(tool => tool.Method.Name == method);
        return ToolMethodFunction.Create(found, new SampleOrders(new SampleOrders.Store()));
    }

    private static Task<string> FailAsync(Delegate method, string arguments) => FailAsync(ToolMethodFunction.Create(ToolMethod.Of(method.Method, "t", "T"), method.Target), arguments);

    private static async Task<string> FailAsync(AIFunction function, string arguments) =>
        (await Assert.ThrowsAsync<ToolException>(async () => await function.InvokeAsync(ToolCalls.Arguments(arguments)))).Message;

    private static async Task<string> CallAsync(Delegate method, string arguments)
    {
        var result = await ToolMethodFunction.Create(ToolMethod.Of(method.Method, "t", "T"), method.Target).InvokeAsync(ToolCalls.Arguments(arguments));
        return Assert.IsType<JsonElement>(result).GetRawText();
    }

    [Fact]
    public void Names_and_descriptions_come_from_attribute_method_and_documentation()
    {
        var methods = ToolMethod.AllOf(typeof(SampleOrders));
        Assert.Equal(
            [
                ("find_orders", "Find the orders of a customer, sorted by OrderSorting; null dates are left out.", ToolEffects.Read, true),
                ("ship", "Ship an order", ToolEffects.Write, false),
                ("count_open", "Count the open orders.", ToolEffects.Read, false),
                ("fail_kindly", "Fail in a way that the model can mend.", ToolEffects.Read, false),
                ("fail_badly", "Fail in a way that nobody should see.", ToolEffects.Read, false),
                ("flaky", "Lose the connection twice.", ToolEffects.Read, true),
            ],
            methods.Select(method => (method.Name, method.Description, method.Effects, method.IsIdempotent)));
        Assert.Equal(["when: id > 100"], methods.Select(method => method.Approval?.ToString()).OfType<string>());
    }

    [Theory]
    [InlineData(
        nameof(SampleOrders.FindOrdersAsync),
        """{"type":"object","properties":{"customer":{"description":"The customer's customer name, in full.","type":"string"},"limit":{"description":"At most so many orders","type":"integer","default":10},"sorting":{"description":"What comes first.","type":"string","enum":["Newest","Dearest"],"default":"Newest"},"minimum":{"description":"The least total, if any.","type":["number","null"],"default":null}},"required":["customer"]}""")]
    [InlineData(
        nameof(SampleOrders.Ship),
        """{"type":"object","properties":{"id":{"type":"integer"},"address":{"description":"Where it goes.","type":"object","properties":{"city":{"description":"The city, as in Paris.","type":"string"},"street":{"description":"Street and number.","type":["string","null"],"default":null},"isStaffed":{"description":"Whether somebody is at home.","type":"boolean"}},"required":["city"]}},"required":["id","address"]}""")]
    [InlineData(
        nameof(SampleOrders.CountOpen),
        """{"type":"object","properties":{"since":{"description":"The first day to count.","type":"string","format":"date"}},"required":["since"]}""")]
    [InlineData(nameof(SampleOrders.FailKindly), """{"type":"object","properties":{}}""")]
    public void The_schema_is_that_of_the_signature(string method, string expected) =>
        Assert.Equal(JsonSerializer.Serialize(JsonElement.Parse(expected)), JsonSerializer.Serialize(Function(method).JsonSchema));

    [Fact]
    public async Task Arguments_arrive_and_defaults_are_filled_in()
    {
        var function = Function(nameof(SampleOrders.FindOrdersAsync));
        var arguments = ToolCalls.Arguments("""{"customer":"王伟","sorting":"Dearest","minimum":null}""");
        arguments.Services = new NoServices();
        var result = Assert.IsType<JsonElement>(await function.InvokeAsync(arguments));
        Assert.Equal(["王伟", "10", "Dearest", "", "True"], result.EnumerateArray().Skip(1).Select(item => item.GetString()));
    }

    [Fact]
    public async Task Values_of_many_types_are_read()
    {
        Assert.Equal("\"2026-07-15|01:30:00|x|Dearest|1,2\"", await CallAsync(
            (DateOnly day, TimeSpan time, char c, OrderSorting? sorting, int[] numbers) => $"{day:yyyy-MM-dd}|{time}|{c}|{sorting}|{string.Join(',', numbers)}",
            """{"day":"2026-07-15","time":"01:30:00","c":"x","sorting":"Dearest","numbers":[1,2]}"""));
        Assert.Equal("\"Dearest||0001-01-01\"", await CallAsync(
            (OrderSorting? sorting = OrderSorting.Dearest, string? text = null, DateOnly day = default) => $"{sorting}|{text}|{day:yyyy-MM-dd}", "{}"));
    }

    [Fact]
    public async Task A_value_that_does_not_fit_is_told_to_the_model()
    {
        Assert.Equal("The argument n cannot be read as a whole number from -2147483648 to 2147483647.", await FailAsync((int n) => n, """{"n":3000000000}"""));
        Assert.Equal("The argument n is missing.", await FailAsync((int n) => n, "{}"));
        Assert.Equal("The argument n is missing.", await FailAsync((int n) => n, """{"n":null}"""));
        Assert.Equal("The argument day cannot be read as a date such as 2026-07-15.", await FailAsync((DateOnly day) => 0, """{"day":"tomorrow"}"""));
        Assert.Equal("The argument id cannot be read as a UUID.", await FailAsync((Guid id) => 0, """{"id":"7"}"""));
        Assert.Equal("The argument sorting cannot be read as one of Newest, Dearest.", await FailAsync((OrderSorting sorting) => 0, """{"sorting":"Oldest"}"""));
        Assert.Equal("The argument address.isStaffed cannot be read.", await FailAsync((Address address) => 0, """{"address":{"city":"Paris","isStaffed":"perhaps"}}"""));
    }

    [Fact]
    public void A_method_that_cannot_be_a_tool_is_named_with_its_type()
    {
        const string Here = "Agent.Tools.Tests.Function.ToolMethodTests+Wrong";
        Assert.Equal(
            $"{Here}.Undescribed has no description, by which the model chooses. Write a <summary> (with <GenerateDocumentationFile>), [Description], or [AgentTool(Description = ...)].",
            Problem(nameof(Wrong.Undescribed)));
        Assert.Equal($"{Here}.Generic cannot be a tool: it is generic.", Problem(nameof(Wrong.Generic)));
        Assert.Equal($"{Here}.ByReference cannot be a tool: its parameter n is no value that JSON can give.", Problem(nameof(Wrong.ByReference)));
        Assert.Equal($"{Here}.Span cannot be a tool: its parameter text is no value that JSON can give.", Problem(nameof(Wrong.Span)));
        Assert.Equal($"{Here}.Forgotten cannot be a tool: it is async void, so that nobody knows when it ends; return Task.", Problem(nameof(Wrong.Forgotten)));
        Assert.StartsWith($"\"find orders\" of {Here}.BadName is no name of a tool.", Problem(nameof(Wrong.BadName)), StringComparison.Ordinal);
        Assert.Equal(
            "Agent.Tools.Tests.Function.ToolMethodTests has no method with [AgentTool]. Put it on each method that is to be a tool.",
            Assert.Throws<ArgumentException>(() => ToolMethod.AllOf(typeof(ToolMethodTests))).Message);

        static string Problem(string method) => Assert.Throws<ArgumentException>(() => ToolMethod.Of(typeof(Wrong).GetMethod(method)!)).Message;
    }

    [Theory]
    [InlineData(nameof(Named.GetOrderAsync), "get_order")]
    [InlineData(nameof(Named.Async), "async")]
    [InlineData(nameof(Named.GetHTTPStatus), "get_http_status")]
    [InlineData(nameof(Named.Top10), "top10")]
    [InlineData(nameof(Named.already_snake), "already_snake")]
    public void A_name_is_snake_case_without_async(string method, string expected) =>
        Assert.Equal(expected, ToolMethod.Of(typeof(Named).GetMethod(method)!, description: "x").Name);

    [Fact]
    public void Attributes_win_over_documentation()
    {
        Assert.Equal("From the attribute", ToolMethod.Of(typeof(Named).GetMethod(nameof(Named.Top10))!).Description);
        Assert.Equal("Given", ToolMethod.Of(typeof(Named).GetMethod(nameof(Named.Top10))!, description: "Given").Description);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    private static class Wrong
    {
        [AgentTool]
        public static int Undescribed() => 0;

        /// <summary>X.</summary>
        public static T Generic<T>(T value) => value;

        /// <summary>X.</summary>
        public static void ByReference(ref int n) => n++;

        /// <summary>X.</summary>
        public static int Span(ReadOnlySpan<char> text) => text.Length;

        /// <summary>X.</summary>
#pragma warning disable MA0155 // It is the mistake of the test.
        public static async void Forgotten() => await Task.Yield();
#pragma warning restore MA0155

        /// <summary>X.</summary>
        [AgentTool("find orders")]
        public static int BadName() => 0;
    }

    private static class Named
    {
        public static int GetOrderAsync() => 0;

        public static int Async() => 0;

        public static int GetHTTPStatus() => 0;

        /// <summary>From the documentation.</summary>
        [Description("From the attribute")]
        public static int Top10() => 0;

        public static int already_snake() => 0;
    }
}
