using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine.Errors;
using FastRun.Engine.Files;
using FastRun.Native;
using FastRun.Native.Terminals;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun cp</c>.</summary>
internal sealed class CopyCommand : Command
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;

    private bool _archive;
    private bool _followLink;
    private bool? _quiet;

    internal override string Name => "cp";

    internal override string Usage => "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n    fastrun cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH";

    internal override string Summary => "Copy files/folders between a container and the local filesystem";

    internal override string Details =>
        "Use '-' as the source to read a tar archive from stdin and extract it to a directory destination in a container.\n"
        + "Use '-' as the destination to stream a tar archive of a container source to stdout.";

    internal override int LeastOperands => 2;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("archive", 'a', "Archive mode: out of a container keep owners, set-user-ID bits, capabilities and devices; into one, give all to its user", value => _archive = value),
        Option.Switch("follow-link", 'L', "Always follow symbol link in SRC_PATH", value => _followLink = value),
        Option.Switch("quiet", 'q', "Say nothing of what was copied, as without a terminal", value => _quiet = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        (string? from, string source) = Split(operands[0]);
        (string? to, string destination) = Split(operands[1]);
        if ((from is null) == (to is null))
        {
            throw EngineException.Invalid(from is null ? "must specify at least one container source" : "copying between containers is not supported");
        }

        var copy = new CopyFiles(context.RequireLayout(), new CopyOptions { Archive = _archive, FollowLink = _followLink });
        if (from is not null && destination == "-")
        {
            using OutputStream output = new();
            copy.FromContainer(from, source, output);
        }
        else if (from is not null)
        {
            Report(copy.FromContainer(from, source, destination), destination);
        }
        else if (source == "-")
        {
            copy.ToContainer(Fd.Borrow(StandardInput), to!, destination);
        }
        else
        {
            Report(copy.ToContainer(source, to!, destination), $"{to}:{destination}");
        }

        return 0;
    }

    private void Report(long bytes, string destination)
    {
        if (!(_quiet ?? !Terminal.IsTerminal(StandardOutput)))
        {
            ErrorReport.Write($"Successfully copied {HumanUnits.Size(bytes)} to {TerminalText.Escape(destination)}\n");
        }
    }

    /// <summary>A path of this machine begins with a slash or a dot, or has no colon.</summary>
    private static (string? Container, string Path) Split(string text)
    {
        int colon = text.IndexOf(':', System.StringComparison.Ordinal);
        return colon < 0 || text[0] is '/' or '.' ? (null, text) : (text[..colon], text[(colon + 1)..]);
    }
}
