using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Launch;

/// <summary>
/// A small tmpfs with /etc/hosts, /etc/hostname and /etc/resolv.conf of one container, each bound over the image's, and
/// an empty directory that covers what is masked.
/// </summary>
internal sealed class SystemFiles : IDisposable
{
    internal const string EmptyDirectory = "empty";

    private const int ReadableByAll = 0b_110_100_100;

    private SystemFiles(Fd mount) => Mount = mount;

    /// <summary>The file names in the tmpfs.</summary>
    internal static string[] Names { get; } = ["hosts", "hostname", "resolv.conf"];

    /// <summary>Where each goes.</summary>
    internal static string[] Targets { get; } = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"];

    /// <summary>The detached mount.</summary>
    internal Fd Mount { get; }

    /// <summary>Makes the files.</summary>
    /// <param name="hostName">The container's host name.</param>
    /// <param name="addresses">Its addresses; none where it is in no network.</param>
    /// <param name="extraHosts">More lines for hosts, <c>name:address</c>.</param>
    /// <param name="resolvConf">The text of resolv.conf.</param>
    internal static SystemFiles Create(
        string hostName, IReadOnlyList<string> addresses, IReadOnlyList<string> extraHosts, string resolvConf)
    {
        using FilesystemContext context = new("tmpfs");
        context.Set("mode", "0755");
        context.Set("size", "1m");
        Fd mount = context.CreateMount(MountAttributes.NoSuid | MountAttributes.NoDev | MountAttributes.NoExec);
        try
        {
            FileAt.MakeDirectory(mount, EmptyDirectory, 0b_101_101_101);
            Write(mount, "hosts", Hosts(hostName, addresses, extraHosts));
            Write(mount, "hostname", hostName + "\n");
            Write(mount, "resolv.conf", resolvConf);
            return new SystemFiles(mount);
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Mount.Dispose();

    private static void Write(Fd mount, string name, string text)
    {
        using Fd file = FileAt.Open(mount, name, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive, ReadableByAll);
        FileContent.Write(file, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The lines that Docker writes, then one for the container itself and the extra ones.</summary>
    private static string Hosts(string hostName, IReadOnlyList<string> addresses, IReadOnlyList<string> extraHosts)
    {
        StringBuilder text = new(
            "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n"
            + "ff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n");
        foreach (string extra in extraHosts)
        {
            // name:address or name=address; the address may hold colons itself.
            int separator = extra.AsSpan().IndexOfAny(':', '=');
            text.Append(extra.AsSpan(separator + 1).Trim("[]")).Append('\t').Append(extra.AsSpan(0, separator)).Append('\n');
        }

        foreach (string address in addresses.Count > 0 ? addresses : ["127.0.1.1"])
        {
            text.Append(address).Append('\t').Append(hostName).Append('\n');
        }

        return text.ToString();
    }
}
