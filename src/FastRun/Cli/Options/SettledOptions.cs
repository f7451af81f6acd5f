using System;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Options;

/// <summary>Flags of Docker's that leave no choice here: they take what is the case, and refuse all else.</summary>
internal static class SettledOptions
{
    /// <summary>Those of a container.</summary>
    internal static Option[] OfContainer() =>
    [
        Text("runtime", "FastRun's own, which the names runc and fastrun mean", SettledChoices.Runtimes),
        Text("volume-driver", "The driver of the volumes that are made for it: local", SettledChoices.VolumeDrivers),
        Isolation(),
        ContentTrust(),
    ];

    /// <summary>Those of a build, which makes no containers and sends its context nowhere.</summary>
    internal static Option[] OfBuild() =>
    [
        Switch("rm", "Keep no containers of the steps: there are none"),
        Option.Switch("force-rm", '\0', "The same when a step fails", static _ => { }),
        Option.Switch("compress", '\0', "Compress the context on its way to the builder: it has none", static _ => { }),
        Isolation(),
        ContentTrust(),
    ];

    /// <summary>Docker's content trust, which its newest clients have dropped.</summary>
    internal static Option ContentTrust() => Switch("disable-content-trust", "Look at no signatures of Docker's content trust: none are looked at");

    private static Option Isolation() => Text("isolation", "A choice on Windows only: default", SettledChoices.Isolations);

    private static Option Text(string name, string description, string[] known) => new(name, '\0', "string", description, value =>
    {
        if (value.Length > 0 && Array.IndexOf(known, value) < 0)
        {
            throw new EngineException(ErrorKind.Unsupported, $"'{value}' is not supported, only {string.Join(", ", known)}");
        }
    });

    private static Option Switch(string name, string description) => Option.Switch(name, '\0', description, static value =>
    {
        if (!value)
        {
            throw new EngineException(ErrorKind.Unsupported, "'false' is not supported");
        }
    });
}
