using System.ComponentModel;
using Agent.Core.Agents;
using Agent.Tools.Function;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Function;

/// <summary>How orders are sorted.</summary>
public enum OrderSorting
{
    Newest,
    Dearest,
}

/// <summary>Where an order goes.</summary>
/// <param name="City">The city, as in <c>Paris</c>.</param>
/// <param name="Street">Street and number.</param>
public sealed record Address(string City, string? Street = null)
{
    /// <summary>Whether somebody
    /// is at home.</summary>
    public bool IsStaffed { get; init; }
}

/// <summary>What every shop can do.</summary>
public interface IShop
{
    /// <summary>Count the open orders.</summary>
    /// <param name="since">The first day to count.</param>
    int CountOpen(DateOnly since);
}

/// <summary>A class as applications write it, with its documentation.</summary>
public sealed class SampleOrders(SampleOrders.Store store) : IShop
{
    /// <summary>
    /// Find the orders of a customer, sorted by <see cref="OrderSorting"/>;
    /// <see langword="null"/> dates are left out.
    /// </summary>
    /// <param name="customer">The customer's <paramref name="customer"/> name,
    /// in full.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="sorting">What comes first.</param>
    /// <param name="minimum">The least total, if any.</param>
    /// <param name="cancellationToken">Not for the model.</param>
    /// <param name="services">Not for the model.</param>
    [AgentTool(Idempotent = true)]
    public async Task<IReadOnlyList<string>> FindOrdersAsync(
        string customer, IServiceProvider services, [Description("At most so many orders")] int limit = 10, OrderSorting sorting = OrderSorting.Newest, decimal? minimum = null, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return [$"{store.Id}", customer, $"{limit}", $"{sorting}", $"{minimum}", $"{services is not null}"];
    }

    /// <summary>Overridden by the attribute.</summary>
    /// <param name="id"/>
    /// <param name="address">Where it goes.</param>
    /// <param name="arguments">Not for the model.</param>
    [AgentTool("ship", Description = "Ship an order", Effects = ToolEffects.Write, Approval = "id > 100")]
    public static string Ship(int id, Address address, AIFunctionArguments arguments) => $"{id} to {address.City} ({arguments.Count})";

    /// <inheritdoc/>
    [AgentTool]
    public int CountOpen(DateOnly since) => since.Year;

    /// <summary>Fail in a way that the model can mend.</summary>
    [AgentTool]
    public static Task FailKindly() => throw new ToolException("There is no such order. Ask for its number.");

    /// <summary>Fail in a way that nobody should see.</summary>
    [AgentTool]
    public static ValueTask<int> FailBadlyAsync() => throw new InvalidOperationException("secret-4711");

    /// <summary>Lose the connection twice.</summary>
    [AgentTool(Idempotent = true)]
    public string Flaky() => store.Attempts++ < 2 ? throw new TransientToolException("The shop does not answer") : "third time lucky";

    /// <summary>Not a tool.</summary>
    public void Delete() => store.Attempts = 0;

    /// <summary>What lives as long as a scope.</summary>
    public sealed class Store : IDisposable
    {
        private static int _count;

        public int Id { get; } = Interlocked.Increment(ref _count);

        public int Attempts { get; set; }

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
