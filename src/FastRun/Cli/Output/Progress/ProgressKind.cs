namespace FastRun.Cli.Output.Progress;

/// <summary>Whether something happens to a layer.</summary>
internal enum ProgressKind
{
    /// <summary>Not now.</summary>
    Idle,

    /// <summary>It waits for somebody else, which is worth a line in a log.</summary>
    Waiting,

    /// <summary>Bytes move.</summary>
    Active,

    /// <summary>Nothing more will.</summary>
    Done,
}
