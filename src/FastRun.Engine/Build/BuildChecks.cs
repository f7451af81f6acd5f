using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Calls;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build;

/// <summary>Docker's checks of a Dockerfile: warnings at the end of a build, or what fails it before anything is built.</summary>
internal sealed class BuildChecks
{
    private const string SettingsArgument = "BUILDKIT_DOCKERFILE_CHECK";

    private readonly BuildSession _session;
    private readonly DockerfileDocument _document;
    private readonly DockerfileText _file;
    private readonly CheckSettings _settings;

    /// <summary>The checks of a build.</summary>
    /// <param name="session">The build.</param>
    /// <param name="document">The Dockerfile.</param>
    /// <param name="file">The same as text.</param>
    /// <exception cref="DockerfileException">The settings are wrong.</exception>
    internal BuildChecks(BuildSession session, DockerfileDocument document, DockerfileText file)
    {
        (_session, _document, _file) = (session, document, file);
        Directive? directive = document.DirectiveOf("check");
        _settings = session.Request.BuildArguments.TryGetValue(SettingsArgument, out string? given)
            ? CheckSettings.Parse(given)
            : CheckSettings.Parse(directive?.Value, directive?.Line ?? 0);
    }

    /// <summary>Fails where there are warnings that are to fail the build. It asks for base images then, which the build would later.</summary>
    /// <exception cref="EngineException">There are some.</exception>
    internal void Require(BuildGraph graph)
    {
        if (!_settings.IsError)
        {
            return;
        }

        IReadOnlyList<CheckWarning> found = Find(graph);
        if (Fault(found) is { } fault)
        {
            Tell(found);
            throw new EngineException(ErrorKind.InvalidArgument, fault);
        }
    }

    /// <summary>Tells the warnings of a build whose base images are here.</summary>
    internal void Tell(BuildGraph graph) => Tell(Find(graph));

    /// <summary>Looks for what they warn of.</summary>
    internal IReadOnlyList<CheckWarning> Find(BuildGraph graph) => DockerfileChecks.Run(_document, _settings, new CheckOptions
    {
        BuildArguments = _session.Request.BuildArguments,
        Platform = graph.Platform,
        Target = _session.Request.Target,
        AllStages = _session.Request.Call == BuildCall.Check,
        Base = stage => BaseOf(graph, stage),
        Ignore = _session.Context.Origin.Ignore,
    });

    /// <summary>Why warnings fail the build; null where they do not.</summary>
    internal string? Fault(IReadOnlyList<CheckWarning> found)
    {
        SortedSet<string> rules = new(StringComparer.Ordinal);
        foreach (CheckWarning warning in found)
        {
            rules.Add(warning.Rule);
        }

        return rules.Count > 0 && _settings.IsError ? "lint violation found for rules: " + string.Join(", ", rules) : null;
    }

    private void Tell(IReadOnlyList<CheckWarning> found)
    {
        if (found.Count > 0)
        {
            _session.Observer.Warned(found, _file.Name, _file.Lines);
        }
    }

    /// <summary>The settings of an image that a stage begins with. Only a build whose warnings fail it brings one here for that.</summary>
    private ContainerConfig? BaseOf(BuildGraph graph, BuildStage stage)
    {
        try
        {
            string name = graph.ImageOf(stage);
            if (_session.Named.HasFiles(name))
            {
                return null;
            }

            name = _session.Named.ImageOf(name) ?? name;
            Platform platform = graph.PlatformOf(stage);
            return name == "scratch" ? BaseImage.Scratch(platform).Config
                : _settings.IsError && _session.Request.Call == BuildCall.Build ? graph.Bases.Open(name, platform, $"[internal] load metadata for {name}").Config
                : graph.Bases.TryOpen(name, platform)?.Config;
        }
        catch (Exception e) when (e is DockerfileException || EngineErrors.Translate(e) is not null)
        {
            // The build says it.
            return null;
        }
    }
}
