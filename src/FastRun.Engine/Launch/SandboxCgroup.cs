using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Devices;
using FastRun.Engine.State;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Launch;

/// <summary>Makes the cgroup of a sandbox from what the request limits.</summary>
internal static class SandboxCgroup
{
    /// <summary>Makes it, under the sandbox's id.</summary>
    /// <exception cref="EngineException">This host cannot enforce a limit.</exception>
    internal static Cgroup Create(
        CgroupHierarchy hierarchy, ContainerCreateRequest request, Sandbox sandbox, IReadOnlyList<DeviceNode> devices)
    {
        try
        {
            CgroupLimits limits = BlockDevices.Resolve(request);
            if (request.CgroupParent is not null || limits.Any)
            {
                sandbox.NoteCgroup(CgroupSearch.Locations(hierarchy, request.CgroupParent, sandbox.Id, limits.Any));
            }

            // A privileged sandbox sees its cgroup writable, and may hold an engine that limits sandboxes of its own.
            return Cgroup.Create(
                hierarchy, request.CgroupParent, sandbox.Id, limits, Policy(request, devices), delegated: request.Privileged);
        }
        catch (CgroupUnsupportedException exception)
        {
            throw new EngineException(ErrorKind.Unsupported, exception.Message, exception, exception.Hint);
        }
        catch (SyscallException exception) when (exception.Errno == Errno.EROFS)
        {
            throw new EngineException(
                ErrorKind.PermissionDenied,
                $"cgroup: {exception.Message}",
                exception,
                "the cgroups of this container are read-only: it must be a privileged one");
        }
        catch (SyscallException exception) when (exception.Errno is Errno.EACCES or Errno.EPERM)
        {
            throw new EngineException(
                ErrorKind.PermissionDenied, $"cgroup: {exception.Message}", exception, "run fastrun as root");
        }
        catch (SyscallException exception)
        {
            throw new EngineException(ErrorKind.Internal, $"cgroup: {exception.Message}", exception);
        }
        catch (System.FormatException exception)
        {
            throw new EngineException(ErrorKind.InvalidArgument, $"invalid cgroup parent: {request.CgroupParent}", exception);
        }
    }

    private static DevicePolicy Policy(ContainerCreateRequest request, IReadOnlyList<DeviceNode> devices)
    {
        if (request.Privileged)
        {
            return DevicePolicy.Unrestricted;
        }

        if (devices.Count == 0 && request.DeviceCgroupRules.Count == 0)
        {
            return DevicePolicy.Default;
        }

        List<DeviceRule> rules = [.. request.DeviceCgroupRules];
        foreach (DeviceNode device in devices)
        {
            rules.Add(new DeviceRule(
                device.Type == FileType.BlockDevice ? DeviceType.Block : DeviceType.Character,
                device.Number.Major,
                device.Number.Minor,
                device.Access));
        }

        return DevicePolicy.Default.Plus(rules);
    }
}
