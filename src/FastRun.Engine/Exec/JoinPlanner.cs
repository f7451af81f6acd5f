using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.RuntimeSpec;
using FastRun.Engine.RuntimeSpec.Seccomp;
using FastRun.Engine.State;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Exec;

/// <summary>Decides everything about a process that joins a container: <see cref="ExecRequest"/> in, <see cref="JoinPlan"/> out.</summary>
internal sealed class JoinPlanner(JoinTarget target, ExecRequest request, ContainerStreams streams)
{
    /// <summary>Makes the plan.</summary>
    /// <param name="owned">Takes what is opened and made on the way.</param>
    /// <param name="report">Where the init tells how it went.</param>
    /// <param name="diesWithCaller">Whether the process is killed when this one ends.</param>
    /// <exception cref="EngineException">The request cannot be met in this container.</exception>
    internal JoinPlan Plan(RunResources owned, Fd report, bool diesWithCaller)
    {
        JoinRecord record = target.Record;
        CgroupEntry cgroup = owned.Own(
            CgroupEntry.TryOpen(owned.Own(CgroupHierarchy.Detect()), record.CgroupLocations, record.Process.Pid, record.Delegated)
            ?? throw target.NotRunning());
        if (cgroup.IsFrozen)
        {
            throw new EngineException(
                ErrorKind.Conflict, $"container {target.Id} is paused, unpause the container before exec");
        }

        Fd? root = request.User is not null || request.Tty ? owned.Own(MountNamespace.OpenRoot(target.Process)) : null;
        ProcessIdentity identity = request.User is { } user ? Resolve(root!, user, record.GroupAdd) : record.Identity;
        List<string> environment = ContainerEnvironment.OfJoining(record.Environment, request.Env, request.Tty, identity.Home);
        CommandLine command = CommandLine.Of(request.Command, environment);
        streams.Open(request.Tty ? owned.Own(Terminals(root!)) : null, identity);
        return new JoinPlan
        {
            Container = target.Process,
            Cgroup = cgroup,
            WorkingDirectory = request.WorkingDir ?? record.WorkingDirectory,
            Identity = identity,
            Environment = environment,
            Arguments = InitProgram.JoiningArguments(report, request.Tty, diesWithCaller, command.Candidates, command.Arguments),
            Candidates = command.Candidates,
            Capabilities = request.Privileged ? CapabilityRules.Resolve([], [], privileged: true) : record.Capabilities,
            Seccomp = Filter(record),
            NoNewPrivileges = record.NoNewPrivileges,
            ResourceLimits = record.ResourceLimits,
            OomScoreAdjustment = record.OomScoreAdjustment.Length == 0 ? null : record.OomScoreAdjustment,
            Init = owned.Own(InitProgram.OpenSealed()),
            Streams = streams,
            KeptDescriptor = report,
            IsCommand = false,
        };
    }

    /// <summary>A user who is not there is a process that cannot be: the container itself is in order.</summary>
    private static ProcessIdentity Resolve(Fd root, string user, IReadOnlyList<string> groups)
    {
        try
        {
            return UserResolver.Resolve(root, user, groups);
        }
        catch (EngineException exception)
        {
            throw new EngineException(ErrorKind.CommandNotExecutable, exception.Message, exception, exception.Hint);
        }
    }

    /// <summary>The container's devpts, if what it has at /dev/pts is one.</summary>
    private static Fd Terminals(Fd root)
    {
        const ResolveFlags resolve = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks | ResolveFlags.NoSymbolicLinks;
        Fd? directory = FileAt.TryOpen(root, "dev/pts", OpenFlags.PathOnly | OpenFlags.Directory, 0, resolve, out Errno errno);
        if (directory is not null && PseudoTerminal.IsTerminalFilesystem(directory))
        {
            return directory;
        }

        directory?.Dispose();
        throw new EngineException(
            ErrorKind.CommandNotExecutable,
            $"/dev/pts in the container: no terminal can be had: {(errno == Errno.None ? "it is no devpts" : errno.Describe())}");
    }

    private static SeccompFilter? Filter(JoinRecord record) =>
        !record.Filtered ? null
        : record.Filter.Length > 0 ? SeccompFilter.Compiled(record.Filter)
        : SeccompFilter.BuiltIn(SeccompHost.Current.Native);
}
