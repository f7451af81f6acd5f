using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Addresses;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine.Networks.Leases;

/// <summary>
/// A container's addresses in a network: <c>/run/fastrun/networks/&lt;network&gt;/&lt;address&gt;</c>, a file for each, locked
/// exclusively by the process that holds the container for as long as it lives. Whoever dies, in any way, frees them. The file
/// of the IPv4 address (of the IPv6 address where there is no other) says whose it is; a second one is empty. A file whose
/// lock nobody holds is stale: the next claimer takes it over, and gets what it said in order to remove what that names;
/// <c>gc</c> removes it.
/// </summary>
internal sealed class NetworkLease : IDisposable
{
    private const int OwnerOnly = 0b_111_000_000;
    private const int MostRounds = 3;

    private readonly string _directory;
    private readonly List<(string Name, FileLock Lock)> _files = [];

    private NetworkLease(string directory) => _directory = directory;

    /// <summary>The address; null where the network has no IPv4.</summary>
    internal IPAddress? IPv4 { get; private set; }

    /// <summary>The address in IPv6; null where the network has none.</summary>
    internal IPAddress? IPv6 { get; private set; }

    /// <summary>What killed processes left in the files that this one took over.</summary>
    internal List<LeaseRecord> Stale { get; } = [];

    /// <summary>Claims an address in each family that the network has.</summary>
    /// <param name="layout">Where leases are.</param>
    /// <param name="network">The network.</param>
    /// <param name="ipv4">The address that is asked for; null for any.</param>
    /// <param name="ipv6">The address in IPv6 that is asked for; null for any.</param>
    /// <exception cref="EngineException">The address is taken or not the network's, or all are taken.</exception>
    internal static NetworkLease Claim(StateLayout layout, Network network, IPAddress? ipv4 = null, IPAddress? ipv6 = null)
    {
        NetworkLease lease = new(layout.RunningNetwork(network.Id));
        try
        {
            lease.IPv4 = lease.ClaimOne(network, isIPv6: false, ipv4);
            lease.IPv6 = lease.ClaimOne(network, isIPv6: true, ipv6);
            return lease;
        }
        catch
        {
            lease.Release();
            throw;
        }
    }

    /// <summary>Writes whose it is. Readers find it from now on.</summary>
    internal void Publish(LeaseRecord record)
    {
        using Fd file = FileAt.Open(null, Path.Combine(_directory, _files[0].Name), OpenFlags.Write | OpenFlags.NoFollow | OpenFlags.Truncate);
        FileContent.Write(file, LeaseFormat.Encode(record));
    }

    /// <summary>Notes the container's first process once it is there.</summary>
    internal void NoteProcess(ProcessInstance process)
    {
        using Fd file = FileAt.Open(null, Path.Combine(_directory, _files[0].Name), OpenFlags.Write | OpenFlags.NoFollow);
        Span<byte> bytes = stackalloc byte[16];
        LeaseFormat.EncodeProcess(process, bytes);
        FileContent.Seek(file, LeaseFormat.ProcessOffset);
        FileContent.Write(file, bytes);
    }

    /// <summary>Gives the addresses back, after all that they named was removed.</summary>
    internal void Release()
    {
        for (int i = _files.Count - 1; i >= 0; i--)
        {
            FileAt.TryUnlink(null, Path.Combine(_directory, _files[i].Name));
        }

        Dispose();
    }

    /// <summary>Lets go of the locks; the files stay, as after a kill.</summary>
    public void Dispose()
    {
        _files.ForEach(static file => file.Lock.Dispose());
        _files.Clear();
    }

    private IPAddress? ClaimOne(Network network, bool isIPv6, IPAddress? wanted)
    {
        if (AddressPool.Of(network, isIPv6) is not { } pool)
        {
            return wanted is null ? null : throw EngineException.Invalid(
                $"invalid endpoint settings: no configured subnet contains IP address {wanted}");
        }

        if (wanted is not null)
        {
            pool.Require(wanted);
            return TryClaim(wanted) ? wanted : throw new EngineException(ErrorKind.Conflict, "Address already in use");
        }

        foreach (IPAddress address in pool.Candidates())
        {
            if (TryClaim(address))
            {
                return address;
            }
        }

        throw new EngineException(
            ErrorKind.ResourceExhausted,
            $"no available {(isIPv6 ? "IPv6" : "IPv4")} addresses on this network's address pools: {network.Name} ({network.Id})");
    }

    private bool TryClaim(IPAddress address)
    {
        string name = address.ToString();
        for (int round = 0; round < MostRounds; round++)
        {
            FileLock? held = FileLock.TryAcquireOrCreate(null, Path.Combine(_directory, name), FileLockMode.Exclusive, out Errno errno);
            if (held is not null)
            {
                TakeOver(held);
                _files.Add((name, held));
                return true;
            }

            switch (errno)
            {
                case Errno.EAGAIN:
                    return false;
                case Errno.ENOENT:
                    // Its holder has removed the file meanwhile, or there was no lease yet.
                    FileAt.MakeDirectories(null, _directory, OwnerOnly);
                    break;
                default:
                    throw new SyscallException("flock", errno, name);
            }
        }

        return false;
    }

    private void TakeOver(FileLock held)
    {
        byte[] left = FileContent.ReadAll(held.File, LeaseFormat.Largest);
        if (left.Length > 0 && LeaseFormat.Decode(left) is { } stale)
        {
            Stale.Add(stale);
        }
    }
}
