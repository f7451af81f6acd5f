using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Ports;
using FastRun.Layers;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks.Cni;

/// <summary>
/// A container in a CNI network. Its record (<c>cni/&lt;container&gt;</c>, and beside it what the plugins said) is locked by the process
/// that holds the container, as long as that lives: one that nobody holds is of a killed process, and whoever comes next in a CNI
/// network, or <c>gc</c>, has the plugins take the container out.
/// </summary>
internal sealed class CniAttachment
{
    /// <summary>The name of a container's interface.</summary>
    internal const string InterfaceName = "eth0";

    private const string ResultSuffix = ".result";
    private const int OwnerOnly = 0b_111_000_000;
    private const int FilePermissions = 0b_110_000_000;

    private readonly StateLayout _layout;
    private readonly FileLock _held;
    private readonly CniRuntime _runtime;
    private readonly string _path;
    private readonly string _namespacePath;
    private readonly PortClaims? _claims;

    private CniAttachment(StateLayout layout, CniRecord record, FileLock held, Fd networkNamespace, PortClaims? claims)
    {
        _layout = layout;
        _held = held;
        _claims = claims;
        _path = PathOf(layout, record.ContainerId);
        _runtime = new CniRuntime(record, held.Share());

        // This process holds the namespace as long as the container lives; a plugin's own helpers can open it too.
        _namespacePath = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{networkNamespace.Number}");
    }

    /// <summary>What the plugins said.</summary>
    internal CniResult? Result { get; private set; }

    /// <summary>The process that passes on what comes to the ports by the loopback; null where there are none.</summary>
    internal PublisherProcess? Publisher { get; private set; }

    /// <summary>Has a network's plugins add a container.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="name">The network's name.</param>
    /// <param name="request">What the container asks for there.</param>
    /// <param name="container">The container.</param>
    /// <param name="ports">The ports that it publishes.</param>
    /// <param name="networkNamespace">Its network namespace.</param>
    /// <exception cref="EngineException">There is no such network, a port is taken, or a plugin failed; nothing is left then.</exception>
    internal static CniAttachment Add(
        StateLayout layout, string name, EndpointRequest request, ContainerIdentity container, IReadOnlyList<PortBinding> ports, Fd networkNamespace)
    {
        // What killed processes left has addresses that are wanted.
        CniGarbage.Collect(layout, []);
        CniSettings settings = CniSettings.Load();
        CniNetwork network = CniNetwork.Find(settings.ConfigurationDirectory, name);
        PortClaims? claims = ports.Count == 0 ? null : PortClaims.Claim(
            layout, ports, IPAddress.Any, IPAddress.IPv6Any, container.Name.Length > 0 ? container.Name : ShortId.Of(container.Id));
        try
        {
            IReadOnlyList<PublishedPort> published = claims?.Ports ?? [];
            CniRecord record = new()
            {
                ContainerId = container.Id,
                ContainerName = container.Name,
                Interface = InterfaceName,
                Ports = [.. published.Select(static port => port.ToString())],
                PluginDirectories = settings.PluginDirectories,
                Network = network.Source,
                RuntimeConfiguration = CniRuntimeConfiguration.Of(network, request, published),
            };
            CniAttachment attachment = new(layout, record, Note(layout, record), networkNamespace, claims);
            attachment.Add(record);
            return attachment;
        }
        catch
        {
            claims?.Dispose();
            throw;
        }
    }

    /// <summary>What a container has in its CNI network now; null where it is in none.</summary>
    internal static (CniRecord Record, CniResult Result)? Read(StateLayout layout, string containerId) =>
        ReadRecord(layout, containerId) is { } record && ReadResult(layout, record) is { } result ? (record, result) : null;

    /// <summary>A container's record; null where it has none, or it was not written whole.</summary>
    internal static CniRecord? ReadRecord(StateLayout layout, string containerId) =>
        FileContent.TryReadAll(null, PathOf(layout, containerId), CniRecord.Largest) is { } bytes ? CniRecord.Decode(bytes) : null;

    /// <summary>What its plugins said; null where none came that far.</summary>
    internal static CniResult? ReadResult(StateLayout layout, CniRecord record) =>
        FileContent.TryReadAll(null, PathOf(layout, record.ContainerId) + ResultSuffix, CniRecord.Largest) is { } bytes
            ? CniResult.TryParse(bytes, record.Interface)
            : null;

    /// <summary>The record's file.</summary>
    internal static string PathOf(StateLayout layout, string containerId) => Path.Combine(layout.CniAttachments, containerId);

    /// <summary>Removes a record, the lock on which is held, after the plugins have taken the container out.</summary>
    internal static void Forget(StateLayout layout, string containerId)
    {
        FileAt.TryUnlink(null, PathOf(layout, containerId) + ResultSuffix);
        FileAt.TryUnlink(null, PathOf(layout, containerId));
    }

    /// <summary>Has the plugins take the container out, and frees its ports.</summary>
    /// <exception cref="EngineException">A plugin failed: the record stays, and the next one tries again.</exception>
    internal void Release()
    {
        using (_held)
        {
            Publisher?.End(out _);
            Publisher = null;
            try
            {
                _runtime.Delete(_namespacePath, Result?.Source);
                Forget(_layout, Path.GetFileName(_path));
            }
            finally
            {
                _claims?.Dispose();
            }
        }
    }

    private void Add(CniRecord record)
    {
        try
        {
            Result = _runtime.Add(_namespacePath, result =>
            {
                Result = result;

                // In place: of what a kill cut off nothing is believed.
                using Fd file = FileAt.Open(
                    null, _path + ResultSuffix, OpenFlags.Write | OpenFlags.NoFollow | OpenFlags.Truncate | OpenFlags.Create, FilePermissions);
                FileContent.Write(file, result.Source);
            });
            if (_claims is not null)
            {
                IPAddress? ipv4 = Result.First(isIPv6: false)?.Address;
                IPAddress? ipv6 = Result.First(isIPv6: true)?.Address;
                _claims.LeadTo(ipv4 ?? ipv6 ?? IPAddress.Any, ipv6 ?? ipv4 ?? IPAddress.IPv6Any);
                Publisher = PublisherProcess.Start(_layout, record.ContainerId, _claims);
            }
        }
        catch
        {
            try
            {
                Release();
            }
            catch (EngineException)
            {
                // The failure before it counts. The record stays.
            }

            throw;
        }
    }

    /// <summary>Notes what has to be undone, before anything is done.</summary>
    private static FileLock Note(StateLayout layout, CniRecord record)
    {
        FileAt.MakeDirectories(null, layout.CniAttachments, OwnerOnly);
        string path = PathOf(layout, record.ContainerId);
        FileLock held = FileLock.TryAcquireOrCreate(null, path, FileLockMode.Exclusive, out Errno errno) ?? throw new EngineException(
            ErrorKind.Conflict, $"container {ShortId.Of(record.ContainerId)}: a CNI plugin of its last run has not ended: {errno.Describe()}");
        try
        {
            if (ReadRecord(layout, record.ContainerId) is not null)
            {
                throw new EngineException(
                    ErrorKind.Conflict,
                    $"container {ShortId.Of(record.ContainerId)}: it cannot be taken out of the CNI network of its last run",
                    hint: "fastrun gc says why");
            }

            using Fd file = FileAt.Open(null, path, OpenFlags.Write | OpenFlags.NoFollow | OpenFlags.Truncate);
            FileContent.Write(file, record.Encode());
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }
}
