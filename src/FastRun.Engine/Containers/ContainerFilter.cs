using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Ports;
using FastRun.Engine.Volumes;

namespace FastRun.Engine.Containers;

/// <summary>Docker's filters of containers (Engine API, ContainerList): read once, asked for each.</summary>
internal sealed class ContainerFilter
{
    private static readonly string[] s_health = ["none", "starting", "healthy", "unhealthy"];

    private readonly FilterTerms _terms;
    private readonly ContainerImages _images;
    private readonly HashSet<string> _ancestors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _networks = new(StringComparer.Ordinal);
    private readonly List<PortRange> _exposed;
    private readonly List<PortRange> _published;
    private readonly ContainerPorts _ports;
    private readonly bool _none;

    /// <summary>Reads the terms.</summary>
    /// <exception cref="EngineException">A key means nothing here, or has a value that it cannot have.</exception>
    internal ContainerFilter(FilterTerms terms, ContainerImages images, ContainerPorts ports, NetworkStore networks)
    {
        terms.RequireKnown(
            "ancestor", "before", "exited", "expose", "health", "id", "is-task", "label", "label!", "name", "network",
            "publish", "since", "status", "volume");
        (_terms, _images, _ports) = (terms, images, ports);
        RequireValues("status", static value => Enum.TryParse(value, ignoreCase: true, out ContainerStatus _) && value.Length > 0 && char.IsAsciiLetterLower(value[0]));
        RequireValues("exited", static value => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        RequireValues("health", static value => Array.IndexOf(s_health, value) >= 0);
        if (terms.Has("network"))
        {
            AddNetworks(networks.List());
        }

        foreach (string image in terms.Values("ancestor"))
        {
            _ancestors.Add(images.IdOf(image) ?? "");
        }

        _exposed = [.. PortRange.All(terms.Values("expose"))];

        _published = PortRange.All(terms.Values("publish"));

        // Nothing is a task of a swarm.
        _none = terms.Flag("is-task") == true;
    }

    /// <summary>Whether containers that do not run are asked for by what they are.</summary>
    internal bool WantsStopped => _terms.Has("status");

    /// <summary>Whether a container is let through; <c>before</c> and <c>since</c> are another's business.</summary>
    internal bool Matches(Container container) =>
        !_none
        && _terms.Matches("id", container.Id)
        && (_terms.Matches("name", container.Name) || _terms.Matches("name", "/" + container.Name))
        && MatchesStatus(container)
        && MatchesExitCode(container.State)
        && MatchesNetwork(container)
        && _terms.IsOneOf("health", HealthOf(container))
        && MatchesVolume(container)
        && MatchesAncestor(container)
        && MatchesExposed(container)
        && MatchesPublished(container)
        && (!(_terms.Has("label") || _terms.Has("label!")) || _terms.MatchesLabels(_images.LabelsOf(container)));

    /// <summary>Docker compares both the host's port and the container's.</summary>
    private bool MatchesPublished(Container container)
    {
        if (_published.Count == 0)
        {
            return true;
        }

        foreach (PublishedPort port in _ports.Of(container))
        {
            if (_published.Exists(range => range.Protocol == port.ProtocolName
                && ((port.HostPort >= range.First && port.HostPort <= range.Last)
                    || (port.ContainerPort >= range.First && port.ContainerPort <= range.Last))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A container's request names its networks by name or id; a term does so too, also by the beginning of the id.</summary>
    private void AddNetworks(List<Network> all)
    {
        foreach (string wanted in _terms.Values("network"))
        {
            foreach (Network network in all)
            {
                if (wanted.Length > 0 && (network.Name == wanted || network.Id.StartsWith(wanted, StringComparison.Ordinal)))
                {
                    _networks.Add(network.Name);
                    _networks.Add(network.Id);
                }
            }
        }
    }

    private bool MatchesNetwork(Container container)
    {
        foreach (string name in RequestedNetworks.NamesOf(container.Record.Request))
        {
            if (_terms.IsOneOf("network", name) || _networks.Contains(name))
            {
                return true;
            }
        }

        return !_terms.Has("network");
    }

    private static string HealthOf(Container container) => container.State.Health?.Status ?? HealthStatus.None;

    private bool MatchesStatus(Container container) =>
        !_terms.Has("status") || _terms.IsOneOf("status", container.State.Status.ToString().ToLowerInvariant());

    private bool MatchesExitCode(ContainerState state) => !_terms.Has("exited")
        || (state.Status == ContainerStatus.Exited && state.StartedAt is not null
            && Contains(_terms.Values("exited"), state.ExitCode.ToString(CultureInfo.InvariantCulture)));

    private bool MatchesVolume(Container container)
    {
        if (!_terms.Has("volume"))
        {
            return true;
        }

        foreach (MountRequest mount in container.Record.Request.Mounts)
        {
            if (mount.Kind != MountKind.Tmpfs
                && (Contains(_terms.Values("volume"), mount.Source ?? "") || Contains(_terms.Values("volume"), Path.TrimEndingDirectorySeparator(mount.Target))))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchesAncestor(Container container) => !_terms.Has("ancestor")
        || (container.Record.ImageId.Length > 0 && (_ancestors.Contains(container.Record.ImageId) || _ancestors.Contains(_images.IdOf(container))))
        || Contains(_terms.Values("ancestor"), container.Record.Request.Image);

    private bool MatchesExposed(Container container)
    {
        if (_exposed.Count == 0)
        {
            return true;
        }

        foreach (string port in _images.Of(container)?.Config.Config?.ExposedPorts?.Keys ?? [])
        {
            if (_exposed.Exists(range => range.Has(port)))
            {
                return true;
            }
        }

        return false;
    }

    private void RequireValues(string key, Predicate<string> isValid)
    {
        foreach (string value in _terms.Values(key))
        {
            if (!isValid(value))
            {
                throw FilterTerms.Invalid(key, value);
            }
        }
    }

    private static bool Contains(IReadOnlyList<string> values, string value)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] == value)
            {
                return true;
            }
        }

        return false;
    }
}
