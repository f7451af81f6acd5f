namespace FastRun.Cli.Output.Progress;

/// <summary>How a pull or push shows how it gets on (<c>--progress</c>).</summary>
internal enum ProgressMode
{
    /// <summary><see cref="Terminal"/> on a terminal, <see cref="Plain"/> elsewhere.</summary>
    Auto,

    /// <summary>A line for each layer, drawn anew as it changes.</summary>
    Terminal,

    /// <summary>A line when a layer is done.</summary>
    Plain,

    /// <summary>Docker's JSON messages, one a line.</summary>
    Json,

    /// <summary>Nothing.</summary>
    None,
}
