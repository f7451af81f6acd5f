using System;
using FastRun.Engine.Build.Progress;

namespace FastRun.Cli.Output.Builds;

/// <summary>Shows how a build gets on.</summary>
internal abstract class BuildView : BuildObserver
{
    /// <summary>Nothing more will come.</summary>
    internal virtual void End()
    {
    }

    /// <summary>A time as BuildKit prints it.</summary>
    private protected static string Seconds(TimeSpan time, string format = "0.0") =>
        time.TotalSeconds.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
}
