using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Networks.Cni;

/// <summary>Takes containers out of CNI networks whose processes were killed, or that a power cut ended.</summary>
internal static class CniGarbage
{
    /// <summary>Tries all.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="failures">Takes a line for each that could not be taken out.</param>
    internal static void Collect(StateLayout layout, List<string> failures)
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.CniAttachments))
        {
            using FileLock? held = !Sandbox.IsId(entry.Text) ? null
                : FileLock.TryAcquire(null, CniAttachment.PathOf(layout, entry.Text), FileLockMode.Exclusive, out _);
            if (held is null)
            {
                continue;
            }

            try
            {
                if (CniAttachment.ReadRecord(layout, entry.Text) is { } record)
                {
                    TakeOut(record, CniAttachment.ReadResult(layout, record), held);
                }

                CniAttachment.Forget(layout, entry.Text);
            }
            catch (Exception exception) when (EngineErrors.Translate(exception) is { } failure)
            {
                failures.Add($"container {ShortId.Of(entry.Text)}: cannot be taken out of its CNI network: {failure.Message}");
            }
        }
    }

    private static void TakeOut(CniRecord record, CniResult? result, FileLock held)
    {
        using Fd networkNamespace = MakeStandIn(record, result);
        new CniRuntime(record, held.Share()).Delete(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{networkNamespace.Number}"), result?.Source);
    }

    /// <summary>
    /// The container's namespace went with its last process, and its interface with it. Plugins that look there for the addresses whose
    /// rules they are to remove (bridge and ptp, with ipMasq) would find nothing and leave the rules: so they get a namespace that has
    /// an interface of that name with those addresses.
    /// </summary>
    private static Fd MakeStandIn(CniRecord record, CniResult? result)
    {
        using NetlinkSocket inside = new(NetlinkProtocol.Route);
        Fd networkNamespace = new(-1);
        NetworkNamespace.Create(networkNamespace, inside);
        try
        {
            if (result is not null)
            {
                using RouteBatch batch = new();
                batch.AddVeth(new NewLink(record.Interface) { Queues = 1 }, new NewLink("stand-in") { Queues = 1 });
                batch.Send(inside);
                int link = batch.IndexOf(inside, record.Interface);
                foreach ((System.Net.IPAddress address, int length, _) in result.Addresses)
                {
                    batch.AddAddress(link, address, length);
                }

                batch.Send(inside);
            }

            return networkNamespace;
        }
        catch
        {
            networkNamespace.Dispose();
            throw;
        }
    }
}
