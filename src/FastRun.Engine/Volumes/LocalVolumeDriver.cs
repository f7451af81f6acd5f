using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Volumes;

/// <summary>
/// The options of the driver <c>local</c>, in Docker's spelling: <c>type</c>, <c>device</c> and <c>o</c> are what mount(8)
/// takes. Without options a volume is a directory of ours. There are <c>type=none,o=bind</c>, a directory of the host, and
/// <c>type=tmpfs</c>, memory.
/// </summary>
internal static class LocalVolumeDriver
{
    private const string Name = "local";

    /// <summary>Whether a volume driver is this one: the only one there is.</summary>
    internal static bool IsName(string driver) => driver is Name or "";

    internal static EngineException Unknown(string driver) => new(
        ErrorKind.NotFound, $"error looking up volume plugin {driver}: plugin \"{driver}\" not found", hint: "there is the driver local");

    /// <summary>Checks the options of a volume to be made.</summary>
    /// <exception cref="EngineException">They cannot be.</exception>
    internal static void Check(IReadOnlyDictionary<string, string> options)
    {
        foreach ((string key, string value) in options)
        {
            switch (key)
            {
                case "type" or "device" or "o":
                    break;
                case "size":
                    _ = ByteSize.Parse(value);
                    throw new EngineException(
                        ErrorKind.Unsupported, "quota size requested but no quota support", hint: "a tmpfs has a size: type=tmpfs,device=tmpfs,o=size=1g");
                default:
                    throw EngineException.Invalid($"invalid option: \"{key}\"");
            }
        }

        Require(options, "device", "type");
        Require(options, "type", "device");
        Require(options, "o", "device");
        Require(options, "o", "type");
        if (options.Count > 0)
        {
            _ = Plan(options);
        }
    }

    /// <summary>Whether each user would get memory of its own, so that there can be one user only.</summary>
    internal static bool IsMemory(IReadOnlyDictionary<string, string> options) => options.GetValueOrDefault("type") == "tmpfs";

    /// <summary>Makes what the options describe, as a mount that is attached nowhere.</summary>
    /// <exception cref="EngineException">The directory is not there, or the kernel refuses an option.</exception>
    internal static Fd Mount(IReadOnlyDictionary<string, string> options)
    {
        (MountRequest mount, bool recursive) = Plan(options);
        try
        {
            if (mount.Kind == MountKind.Tmpfs)
            {
                // What Docker mounts has none of the limits that --tmpfs sets.
                return Launch.Mounts.TmpfsMount.Create(mount, MountAttributes.None);
            }

            using Fd source = FileAt.OpenDirectory(null, mount.Source!);
            Fd tree = MountTree.Clone(source, recursive);
            MountTree.SetAttributes(tree, mount.ReadOnly ? MountAttributes.ReadOnly : MountAttributes.None, Propagation.Private, recursive);
            return tree;
        }
        catch (SyscallException exception)
        {
            throw new EngineException(
                exception.Errno is Errno.ENOENT or Errno.ENOTDIR ? ErrorKind.NotFound : ErrorKind.Internal,
                $"failed to mount local volume: mount {options.GetValueOrDefault("device")}: {exception.Errno.Describe()}",
                exception);
        }
    }

    private static (MountRequest Mount, bool Recursive) Plan(IReadOnlyDictionary<string, string> options)
    {
        string type = options.GetValueOrDefault("type", "");
        string device = options.GetValueOrDefault("device", "");
        string[] words = options.GetValueOrDefault("o", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (type == "tmpfs")
        {
            return (TmpfsSyntax.Parse("/:" + string.Join(',', words)), false);
        }

        bool bind = Array.Exists(words, static word => word is "bind" or "rbind");
        if (!bind || type.Length > 0 && type is not ("none" or "bind"))
        {
            throw new EngineException(
                ErrorKind.Unsupported,
                $"volumes of type '{type}' are not supported",
                hint: "mount it on the host, and make a volume of the directory: -o type=none -o o=bind -o device=DIRECTORY");
        }

        if (device is not ['/', ..])
        {
            throw EngineException.Invalid($"invalid device '{device}': a bind needs an absolute path");
        }

        MountRequest mount = new() { Kind = MountKind.Bind, Source = device, Target = "/" };
        foreach (string word in words)
        {
            mount = word switch
            {
                "bind" or "rbind" or "rw" or "defaults" => mount,
                "ro" => mount with { ReadOnly = true },
                _ => throw EngineException.Invalid($"invalid mount option '{word}' of a bind: there are bind, rbind, ro and rw"),
            };
        }

        return (mount, Array.IndexOf(words, "rbind") >= 0);
    }

    private static void Require(IReadOnlyDictionary<string, string> options, string given, string needed)
    {
        if (options.ContainsKey(given) && !options.ContainsKey(needed))
        {
            throw EngineException.Invalid($"missing required option: \"{needed}\"");
        }
    }
}
