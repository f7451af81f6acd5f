using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Build.Context;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Files;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Steps;

/// <summary>COPY and ADD: what they take, what that depends on, and its copying.</summary>
internal sealed class CopyStep
{
    private readonly BuildSession _session;
    private readonly CopyInstruction _copy;
    private readonly BuildSource? _source;
    private readonly string? _checksum;
    private readonly IReadOnlyList<string> _sources;
    private readonly string _destination;
    private readonly string? _chown;
    private readonly string? _chmod;
    private readonly SelectionOptions _options;
    private readonly List<(string Name, string Content)> _files = [];

    /// <summary>Expands what the instruction says. Waits for the stage or image that it copies from.</summary>
    /// <exception cref="DockerfileException">A value is wrong.</exception>
    /// <exception cref="EngineException">The image cannot be had.</exception>
    internal CopyStep(BuildSession session, BuildGraph graph, BuildStage stage, CopyInstruction copy, StageScope scope)
    {
        (_session, _copy) = (session, copy);
        Expansion expansion = scope.Expansion();
        _sources = [.. copy.Sources.Select(expansion.Word)];
        _checksum = copy is AddInstruction { Checksum: { } checksum } ? expansion.Word(checksum) : null;
        _destination = expansion.Word(copy.Destination);
        _chown = copy.Chown is null ? null : expansion.Word(copy.Chown);
        _chmod = copy.Chmod is null ? null : expansion.Word(copy.Chmod);
        _options = new SelectionOptions
        {
            Parents = copy.Parents,
            Excludes = IgnorePatterns.Create(copy.Excludes.Select(expansion.Word), "--exclude"),
        };
        foreach (Heredoc file in copy.Files)
        {
            _files.Add((file.Name, file.Expand ? Expansion.Content(file.Text, scope.Lookup) : file.Text));
        }

        _source = copy.From is { } from ? graph.SourceOf(from, stage) : null;
    }

    /// <summary>What history says of it.</summary>
    internal string Words
    {
        get
        {
            StringBuilder words = new(_copy.Keyword);
            words.Append(_chown is null ? "" : $" --chown={_chown}").Append(_chmod is null ? "" : $" --chmod={_chmod}");
            foreach (string source in _sources)
            {
                words.Append(' ').Append(_copy is AddInstruction ? GitLocation.WithoutCredentials(source) : source);
            }

            foreach ((string name, string _) in _files)
            {
                words.Append(" <<").Append(name);
            }

            return words.Append(' ').Append(_destination).Append(" # buildkit").ToString();
        }
    }

    /// <summary>Finds or does it.</summary>
    internal (BuildState State, StepOutcome Step) Do(StepRunner runner, BuildState state, string name)
    {
        using CopySources sources = new(_session, _source, _copy, _sources, _checksum, _options);
        string key = KeyOf(state, sources);
        string origins = CacheOrigins.Union(Depends ? state.Origins : CacheOrigins.Here, _source?.State?.Origins ?? CacheOrigins.Here);

        // Whoever does it later opens the sources again.
        StepOutcome step = runner.Do(
            key,
            name,
            origins,
            () => _copy.Link ? [] : state.Layers,
            (root, below, _) => Copy(sources, state, root, below),
            again => Do(again, state, name).Step);
        return (state.With(step, _copy.Link ? new CacheKey("link-1").Add(state.TreeKey).Add(key).Finish() : key), step);
    }

    /// <summary>With --link nothing of what is below counts, unless a name is to be looked up in it.</summary>
    private bool Depends => !_copy.Link || (_chown is not null && !IsNumeric(_chown));

    private string KeyOf(BuildState state, CopySources sources)
    {
        CacheKey key = new CacheKey("copy-3")
            .AddOptional(Depends ? state.TreeKey : null)
            .Add(_copy.Link)
            .Add(_copy is AddInstruction)
            .Add(_copy is AddInstruction { Unpack: { } unpack } ? unpack ? 1 : 0 : -1L)
            .Add(_destination)
            .Add(state.Config.WorkingDir ?? "/")
            .AddOptional(_chown)
            .AddOptional(_chmod)
            .Add(_copy.Parents)
            .Add(_copy.Excludes)
            .Add(_session.Epoch?.ToUnixTimeSeconds() ?? -1);
        foreach ((string file, string content) in _files)
        {
            key.Add(file).Add(content);
        }

        sources.AddTo(key);
        return key.Finish();
    }

    private void Copy(CopySources sources, BuildState state, StepRoot root, IReadOnlyList<string> below)
    {
        using Fd tree = root.Mount(below);
        using Fd? upper = below.Count == 0 ? null : FileAt.OpenDirectory(null, root.Sandbox.Upper);
        BuildDestination destination = new()
        {
            Path = _destination,
            WorkingDirectory = state.Config.WorkingDir is { Length: > 0 } directory ? directory : "/",
            Owner = OwnerIn(state, tree),
            Mode = _chmod is null ? null : ModeChange.Parse(_chmod),
        };
        bool several = _sources.Count + _files.Count > 1;
        sources.CopyTo(keepsOwners => new FileCopyStep(new TargetTree(tree, upper), destination, keepsOwners), several);
        FileTime now = new((_session.Epoch ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds(), 0);
        foreach ((string file, string content) in _files)
        {
            new FileCopyStep(new TargetTree(tree), destination, keepsOwners: false).Write(file, Encoding.UTF8.GetBytes(content), several, now);
        }
    }

    /// <summary>Whom <c>--chown</c> means; with <c>--link</c> a name is looked up in what is below.</summary>
    private (uint Uid, uint Gid)? OwnerIn(BuildState state, Fd tree)
    {
        if (_chown is not { Length: > 0 } owner)
        {
            return null;
        }

        if (!_copy.Link || IsNumeric(owner))
        {
            return CopyOwner.Resolve(tree, owner);
        }

        using SourceView names = SourceView.Open(_session.Layout, state, "the stage");
        return CopyOwner.Resolve(names.Mount, owner);
    }

    private static bool IsNumeric(string owner) => owner.All(static c => char.IsAsciiDigit(c) || c == ':');
}
