using System;
using System.Globalization;
using FastRun.Engine.Volumes;
using FastRun.Native;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Launch.Mounts;

/// <summary>A tmpfs as a request describes it.</summary>
internal static class TmpfsMount
{
    /// <summary>Without words to the contrary nosuid, nodev and noexec, as in Docker.</summary>
    internal const MountAttributes Usual = MountAttributes.NoSuid | MountAttributes.NoDev | MountAttributes.NoExec;

    /// <summary>Makes the mount.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="attributes">What it has without words to the contrary.</param>
    internal static Fd Create(MountRequest request, MountAttributes attributes = Usual)
    {
        if (request.ReadOnly)
        {
            attributes |= MountAttributes.ReadOnly;
        }

        using FilesystemContext context = new("tmpfs");
        context.Set("mode", Convert.ToString(request.TmpfsMode ?? 0b_1_111_111_111, 8));
        if (request.TmpfsSizeBytes is { } size)
        {
            context.Set("size", size.ToString(CultureInfo.InvariantCulture));
        }

        foreach (string option in request.TmpfsOptions.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            attributes = Apply(option, attributes, context);
        }

        return context.CreateMount(attributes);
    }

    private static MountAttributes Apply(string option, MountAttributes attributes, FilesystemContext context)
    {
        switch (option)
        {
            case "exec":
                return attributes & ~MountAttributes.NoExec;
            case "noexec":
                return attributes | MountAttributes.NoExec;
            case "suid":
                return attributes & ~MountAttributes.NoSuid;
            case "nosuid":
                return attributes | MountAttributes.NoSuid;
            case "dev":
                return attributes & ~MountAttributes.NoDev;
            case "nodev":
                return attributes | MountAttributes.NoDev;
            case "noatime":
                return attributes | MountAttributes.NoAtime;
            case "strictatime":
                return attributes | MountAttributes.StrictAtime;
            case "nodiratime":
                return attributes | MountAttributes.NoDirAtime;
            case "atime" or "relatime" or "diratime":
                return attributes & ~(MountAttributes.NoAtime | MountAttributes.StrictAtime | MountAttributes.NoDirAtime);
            case "sync" or "dirsync" or "async":
                if (option != "async")
                {
                    context.Set(option);
                }

                return attributes;
            default:
                int equals = option.IndexOf('=', StringComparison.Ordinal);
                context.Set(option[..equals], option[(equals + 1)..]);
                return attributes;
        }
    }
}
