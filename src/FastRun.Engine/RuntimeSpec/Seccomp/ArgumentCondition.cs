namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>A condition on one argument of a system call.</summary>
/// <param name="Index">Which argument, 0 to 5.</param>
/// <param name="Operator">The comparison.</param>
/// <param name="Value">What it is compared with; the mask of a masked comparison.</param>
/// <param name="ValueTwo">What a masked argument has to equal.</param>
internal readonly record struct ArgumentCondition(int Index, ComparisonOperator Operator, ulong Value, ulong ValueTwo = 0)
{
    internal const int ArgumentCount = 6;

    /// <summary>Whether an argument meets it.</summary>
    internal bool Matches(ulong argument) => Operator switch
    {
        ComparisonOperator.NotEqual => argument != Value,
        ComparisonOperator.Less => argument < Value,
        ComparisonOperator.LessOrEqual => argument <= Value,
        ComparisonOperator.Equal => argument == Value,
        ComparisonOperator.GreaterOrEqual => argument >= Value,
        ComparisonOperator.Greater => argument > Value,
        _ => (argument & Value) == ValueTwo,
    };

    /// <summary>The condition where arguments have 32 bits: negative constants are then the ones that programs pass.</summary>
    internal ArgumentCondition Narrowed() => this with { Value = (uint)Value, ValueTwo = (uint)ValueTwo };
}
