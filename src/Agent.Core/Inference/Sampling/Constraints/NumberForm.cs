namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>A number of bounded length.</summary>
internal sealed class NumberForm : JsonForm
{
    /// <summary>Characters from which no digit follows but those that must.</summary>
    public const int MostCharacters = 24;

    private NumberForm(bool integer) => IsInteger = integer;

    /// <summary>Any number.</summary>
    public static NumberForm Number { get; } = new(integer: false);

    /// <summary>Whole numbers: digits, with nothing but <c>.0</c> behind them.</summary>
    public static NumberForm Integer { get; } = new(integer: true);

    public bool IsInteger { get; }

    public override int Height => 0;
}
