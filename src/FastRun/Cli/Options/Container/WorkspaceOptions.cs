using System;
using System.IO;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about the directory that a sandbox works on: the current one at its own path unless told otherwise.</summary>
internal sealed class WorkspaceOptions
{
    private Workspace? _workspace;
    private bool _none;

    internal Option[] Build() =>
    [
        new("workspace", '\0', "dir", "The directory to work on: DIR[:TARGET][:ro] (default: the current directory, at its own path)", value => _workspace = Parse(value)),
        Option.Switch("no-workspace", '\0', "Mount no directory to work on", value => _none = value),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request)
    {
        if (_none)
        {
            return _workspace is null
                ? request
                : throw EngineException.Invalid("--workspace and --no-workspace exclude each other");
        }

        return request with { Workspace = _workspace ?? Here() };
    }

    private static Workspace Here()
    {
        try
        {
            string here = Environment.CurrentDirectory;
            return new Workspace(here, here, ReadOnly: false);
        }
        catch (IOException e)
        {
            throw new EngineException(
                ErrorKind.NotFound,
                "the current directory cannot be the workspace: it has been removed",
                e,
                "change to a directory, or use --workspace DIR or --no-workspace");
        }
    }

    private static Workspace Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 3 || Array.IndexOf(parts, "") >= 0 || (parts.Length == 3 && !IsAccess(parts[2])))
        {
            throw EngineException.Invalid($"invalid workspace: '{text}': it must be DIR[:TARGET][:ro]");
        }

        string source = Path.GetFullPath(parts[0]);
        string target = parts.Length > 1 && !(parts.Length == 2 && IsAccess(parts[1])) ? parts[1] : source;
        return new Workspace(source, target, parts[^1] == "ro" && parts.Length > 1);
    }

    private static bool IsAccess(string text) => text is "ro" or "rw";
}
