using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Build.Context;
using FastRun.Engine.Build.Dockerfile.Instructions;
using FastRun.Engine.Build.Files;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Steps;

/// <summary>
/// What a COPY or ADD takes: files of a context, of a stage or an image, and for ADD what is fetched. Opened before the step is
/// looked for, since their digests are part of its key; those of a stage or an image only once it is done, because there the stage's key says all.
/// </summary>
internal sealed class CopySources : IDisposable
{
    private readonly BuildSession _session;
    private readonly CopyInstruction _copy;
    private readonly BuildState? _state;
    private readonly List<string> _paths = [];
    private readonly List<RemoteFile> _remote = [];
    private readonly List<(FileSelection Files, string Digest)> _selected = [];
    private readonly List<(GitLocation Location, string Digest)> _unfetched = [];

    /// <summary>Opens them.</summary>
    /// <param name="session">The build.</param>
    /// <param name="source">What <c>--from</c> names; null for the build's context.</param>
    /// <param name="copy">The instruction.</param>
    /// <param name="sources">Its expanded sources.</param>
    /// <param name="checksum">The expanded <c>--checksum</c>; null for none.</param>
    /// <param name="options">How files are selected.</param>
    /// <exception cref="EngineException">One is not there.</exception>
    internal CopySources(
        BuildSession session, BuildSource? source, CopyInstruction copy, IReadOnlyList<string> sources, string? checksum, SelectionOptions options)
    {
        (_session, _copy, _state, Options) = (session, copy, source?.State, options);
        try
        {
            if (checksum is not null && sources.Count > 1)
            {
                throw EngineException.Invalid("checksum can't be specified for multiple sources");
            }

            foreach (string path in sources)
            {
                if (copy is not AddInstruction && path.Contains("://", StringComparison.Ordinal) && (RemoteFile.Is(path) || GitLocation.Is(path)))
                {
                    throw EngineException.Invalid($"source can't be a {(GitLocation.Is(path) ? "git ref" : "URL")} for COPY");
                }

                if (copy is AddInstruction add && RemoteFile.Is(path) && !GitLocation.Is(path))
                {
                    _remote.Add(RemoteFile.Fetch(session, path, checksum));
                }
                else if (copy is AddInstruction repository && GitLocation.Is(path))
                {
                    Fetch(GitLocation.Parse(path), repository, checksum);
                }
                else
                {
                    _paths.Add(path);
                }
            }

            if (checksum is not null && _paths.Count > 0)
            {
                throw EngineException.Invalid("checksum can't be specified for local sources");
            }

            if (_paths.Count > 0 && _state is null)
            {
                Select(source?.Context?.Origin ?? session.Context.Origin, _paths);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How files are selected.</summary>
    internal SelectionOptions Options { get; }

    /// <summary>Adds what the step's result depends on.</summary>
    internal void AddTo(CacheKey key)
    {
        key.AddOptional(_state?.TreeKey).Add(_state is null ? [] : _paths).Add(_paths.Count + _remote.Count);
        foreach ((FileSelection _, string digest) in _selected)
        {
            key.Add(digest);
        }

        foreach ((GitLocation _, string digest) in _unfetched)
        {
            key.Add(digest);
        }

        foreach (RemoteFile file in _remote)
        {
            key.Add(file.Digest.ToString()).Add(file.Name).Add(file.Modified.Seconds);
        }
    }

    /// <summary>Copies them.</summary>
    /// <param name="step">To where.</param>
    /// <param name="several">Whether the instruction has several sources.</param>
    internal void CopyTo(Func<bool, FileCopyStep> step, bool several)
    {
        bool? unpack = (_copy as AddInstruction)?.Unpack;
        foreach ((GitLocation location, string digest) in _unfetched)
        {
            _ = CheckOut(location, (AddInstruction)_copy, checksum: null);
            if (_selected[^1].Digest != digest)
            {
                throw new EngineException(ErrorKind.Conflict, $"{location.Shown}: the files of commit {location.Ref} are not what they were");
            }
        }

        foreach ((FileSelection files, string _) in _selected)
        {
            step(files.KeepsOwners).Run(files, several, _copy is AddInstruction && unpack != false);
        }

        foreach (RemoteFile file in _remote)
        {
            step(false).Write(file, several, unpack == true);
        }

        if (_state is not null && _paths.Count > 0)
        {
            using SourceView view = SourceView.Open(_session.Layout, _state, _copy.From!);
            using FileSelection files = FileSelection.Select(new FileOrigin(view.Mount, Ignore.IgnorePatterns.None, KeepsOwners: true), _paths, Options);
            step(true).Run(files, several);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _selected.ForEach(static selected => selected.Files.Dispose());
        _remote.ForEach(static file => file.Dispose());
    }

    private void Select(FileOrigin origin, IReadOnlyList<string> paths)
    {
        FileSelection files = FileSelection.Select(origin, paths, Options);
        _selected.Add((files, ""));
        _selected[^1] = (files, FileSetDigest.Of(files, _session.HashesOf(origin)).ToString());
    }

    /// <summary>A commit never changes: what of it was selected before is known without fetching it.</summary>
    private void Fetch(GitLocation location, AddInstruction add, string? checksum)
    {
        if (checksum is not null && !GitLocation.IsCommit(checksum))
        {
            throw EngineException.Invalid($"invalid checksum {checksum} for Git URL, expected hex commit hash");
        }

        // What git keeps in .git is never quite the same.
        bool keeps = location.KeepGitDirectory ?? add.KeepGitDirectory;
        if (keeps || !Options.IsPlain || new GitCheckout(_session.GitAccess).Resolve(location) is not { } commit)
        {
            _ = CheckOut(location, add, checksum);
            return;
        }

        RequireChecksum(commit, checksum);
        if (FetchedRecords.TryRead(_session.Layout, KeyOf(location, commit)) is { } before)
        {
            _unfetched.Add((location with { Ref = commit }, before.Digest));
            return;
        }

        string came = CheckOut(location, add, checksum);
        FetchedRecords.Write(_session.Layout, KeyOf(location, came), new FetchedRecord { Digest = _selected[^1].Digest });
    }

    private static string KeyOf(GitLocation location, string commit) =>
        new CacheKey("git-1").Add(location.Url).Add(commit).Add(location.Directory).Add(location.Submodules).Finish();

    private static void RequireChecksum(string commit, string? checksum)
    {
        if (checksum is not null && !commit.StartsWith(checksum, StringComparison.Ordinal))
        {
            throw new EngineException(ErrorKind.CorruptContent, $"expected checksum to match {checksum}, got {commit}");
        }
    }

    /// <returns>The commit.</returns>
    private string CheckOut(GitLocation location, AddInstruction add, string? checksum)
    {
        string directory = Path.Combine(_session.NewDirectory(), "repository");
        FileAt.MakeDirectory(null, directory, 0b_111_000_000);
        string commit = new GitCheckout(_session.GitAccess).Run(location, directory, add.KeepGitDirectory);
        RequireChecksum(commit, checksum);

        // What it holds is the build's own by now.
        Fd root = _session.Hold(FileAt.OpenDirectory(null, directory));
        Select(new FileOrigin(root, Ignore.IgnorePatterns.None, KeepsOwners: false), [location.Directory.Length == 0 ? "/" : location.Directory]);
        return commit;
    }
}
