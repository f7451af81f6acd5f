namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>How an argument is compared with a value, unsigned.</summary>
internal enum ComparisonOperator
{
    /// <summary>SCMP_CMP_NE.</summary>
    NotEqual,

    /// <summary>SCMP_CMP_LT.</summary>
    Less,

    /// <summary>SCMP_CMP_LE.</summary>
    LessOrEqual,

    /// <summary>SCMP_CMP_EQ.</summary>
    Equal,

    /// <summary>SCMP_CMP_GE.</summary>
    GreaterOrEqual,

    /// <summary>SCMP_CMP_GT.</summary>
    Greater,

    /// <summary>SCMP_CMP_MASKED_EQ: the argument, masked with the first value, equals the second.</summary>
    MaskedEqual,
}
