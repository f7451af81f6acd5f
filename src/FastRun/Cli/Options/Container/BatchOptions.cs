using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Cli.Output;
using FastRun.Engine.Batches;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags of a command for each line of a text.</summary>
internal sealed class BatchOptions
{
    private string? _each;
    private string? _junit;
    private int? _parallel;
    private bool _failFast;

    /// <summary>Whether lines are asked for.</summary>
    internal bool IsWanted => _each is not null;

    /// <summary>The flags that were built.</summary>
    internal Option[] Options { get; private set; } = [];

    internal Option[] Build() => Options =
    [
        new("each", '\0', "file", "Run a command for each line of this file ('-' for standard input), each in a sandbox of its own", value => _each = value),
        new("parallel", '\0', "number", "With --each: how many run at once (default 1)", value => _parallel = (int)Math.Clamp(Values.Integer(value), 0, int.MaxValue)),
        Option.Switch("fail-fast", '\0', "With --each: start no more after the first that fails", value => _failFast = value),
        new("junit", '\0', "file", "With --each: write to this file what the commands came to, as JUnit's XML", value => _junit = value),
    ];

    /// <summary>Whether a word behind the image is one of these flags, which may stand there, too.</summary>
    internal bool Has(string word) =>
        Array.Exists(Options, option => word == "--" + option.Name || word.StartsWith($"--{option.Name}=", StringComparison.Ordinal));

    /// <summary>Those that were given have a meaning only with --each.</summary>
    internal void RequireLines()
    {
        if (Array.Find(Options, static option => option.IsGiven) is { } given)
        {
            throw new UsageException($"--{given.Name} needs --each FILE");
        }
    }

    /// <summary>What the flags ask for.</summary>
    internal BatchRequest Request(ContainerCreateRequest sandbox, IReadOnlyList<string> command) => new(sandbox)
    {
        Command = command,
        Parallel = _parallel ?? 1,
        FailFast = _failFast,
        ErrorsApart = !BatchOutput.IsOneFile(),
        ReportFile = sandbox.ReportFile,
        JUnitFile = _junit is { Length: > 0 } ? Path.GetFullPath(_junit) : _junit,
    };

    /// <summary>The lines, and what they are called in messages.</summary>
    internal (Fd Input, string Subject) Open()
    {
        if (_each == "-")
        {
            return (Fd.Borrow(0), "standard input");
        }

        Fd? file = FileAt.TryOpen(null, _each!, OpenFlags.Read, 0, ResolveFlags.None, out Errno errno);
        return file is not null ? (file, _each!)
            : throw new EngineException(errno == Errno.ENOENT ? ErrorKind.NotFound : ErrorKind.InvalidArgument, $"{_each}: {errno.Describe()}");
    }
}
