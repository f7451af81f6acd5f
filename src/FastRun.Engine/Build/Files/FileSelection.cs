using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Roots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>
/// The files that sources of COPY or ADD mean: paths in an origin with wildcards of Go's filepath.Match. Links of the origin are
/// followed within it where a source names them, and copied as links where they are met in a directory.
/// </summary>
internal sealed class FileSelection : IDisposable
{
    private static readonly char[] s_wildcards = ['*', '?', '[', '\\'];

    private readonly FileOrigin _origin;
    private readonly SelectionOptions _options;

    private FileSelection(FileOrigin origin, SelectionOptions options) => (_origin, _options) = (origin, options);

    /// <summary>What was found: a tree for each path.</summary>
    internal List<SelectedTree> Trees { get; } = [];

    /// <summary>Whether there were several sources, or a wildcard found several: the destination is then a directory.</summary>
    internal bool NeedsDirectory { get; private set; }

    /// <summary>Whether owners of what was found count.</summary>
    internal bool KeepsOwners => _origin.KeepsOwners;

    /// <summary>Finds the files.</summary>
    /// <param name="origin">Where.</param>
    /// <param name="sources">Expanded sources; what leads above the origin's root means the root.</param>
    /// <param name="options">How.</param>
    /// <exception cref="EngineException">A source without a wildcard is not there, or a pattern is wrong.</exception>
    /// <exception cref="SyscallException">Something cannot be read.</exception>
    internal static FileSelection Select(FileOrigin origin, IReadOnlyList<string> sources, SelectionOptions options)
    {
        FileSelection selection = new(origin, options) { NeedsDirectory = sources.Count > 1 };
        try
        {
            foreach (string source in sources)
            {
                if (options.Parents)
                {
                    selection.AddWithParents(source);
                }
                else
                {
                    selection.Add(source);
                }
            }

            return selection;
        }
        catch
        {
            selection.Dispose();
            throw;
        }
    }

    public void Dispose() => Trees.ForEach(static tree => tree.Dispose());

    private static EngineException NotFound(string path) =>
        new(ErrorKind.NotFound, $"failed to compute cache key: \"{path}\": not found");

    private static string Rooted(string source) => IgnorePatterns.Clean("/" + source);

    private void Add(string source)
    {
        string path = Rooted(source);
        if (path.IndexOfAny(s_wildcards) < 0)
        {
            if (!TryAdd(path))
            {
                throw NotFound(path);
            }

            return;
        }

        List<string> found = [""];
        foreach (string component in path[1..].Split('/'))
        {
            found = Matching(found, component);
        }

        int before = Trees.Count;
        foreach (string match in found)
        {
            TryAdd(match);
        }

        NeedsDirectory |= Trees.Count - before > 1;
    }

    /// <summary>The paths below some directories whose last name matches.</summary>
    private List<string> Matching(List<string> directories, string component)
    {
        List<string> found = [];
        if (component.IndexOfAny(s_wildcards) < 0)
        {
            foreach (string directory in directories)
            {
                found.Add($"{directory}/{component}");
            }

            return found;
        }

        PathPattern pattern = PathPattern.TryParse(component) ?? throw EngineException.Invalid($"syntax error in pattern: {component}");
        foreach (string directory in directories)
        {
            using Fd? opened = FileAt.TryOpen(
                _origin.Root, directory.Length == 0 ? "." : directory, OpenFlags.Read | OpenFlags.Directory, 0, RootTree.InRoot, out Errno errno);
            if (opened is null)
            {
                if (errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
                {
                    continue;
                }

                throw new SyscallException("openat2", errno, directory);
            }

            List<string> names = [];
            foreach (DirectoryEntry entry in DirectoryContent.Read(opened))
            {
                if (pattern.Matches(entry.Text))
                {
                    names.Add(entry.Text);
                }
            }

            names.Sort(StringComparer.Ordinal);
            names.ForEach(name => found.Add($"{directory}/{name}"));
        }

        return found;
    }

    /// <summary>Adds what a path leads to.</summary>
    /// <returns>Whether there is something.</returns>
    private bool TryAdd(string path)
    {
        using Fd? opened = FileAt.TryOpen(_origin.Root, path, OpenFlags.PathOnly, 0, RootTree.InRoot, out Errno errno);
        if (opened is null)
        {
            return errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP ? false : throw new SyscallException("openat2", errno, path);
        }

        FileStatus status = FileAt.Stat(opened);
        string real = RealPath(opened, path);
        bool ignored = real.Length > 0 && _origin.Ignore.IsExcluded(real);
        if (status.IsDirectory)
        {
            if (ignored && !_origin.Ignore.MayReach(real))
            {
                return false;
            }

            SelectedTree tree = new(FileAt.OpenDirectory(opened, "."), isDirectory: true) { HasTime = real.Length > 0 || _origin.KeepsOwners };
            Trees.Add(tree);
            new TreeListing(tree, _origin.Ignore, _options.Excludes, include: null).List(real);
            return !ignored || !tree.IsEmpty;
        }

        if (ignored)
        {
            return false;
        }

        string name = path[(path.LastIndexOf('/') + 1)..];
        if (_options.Excludes.IsExcluded(name))
        {
            return true;
        }

        AddFile(real, name, status);
        return true;
    }

    /// <summary>A lone file is an entry of the directory that it is really in, under the name that the source gives it.</summary>
    private void AddFile(string real, string name, FileStatus status)
    {
        int slash = real.LastIndexOf('/');
        SelectedTree tree = new(
            FileAt.OpenDirectory(_origin.Root, slash <= 0 ? "." : real[..slash], RootTree.InRoot), isDirectory: false) { Alias = name };
        Trees.Add(tree);
        using Fd parent = FileAt.OpenDirectory(tree.Top, ".");
        new TreeListing(tree, _origin.Ignore, _options.Excludes, include: null)
            .Add(Encoding.UTF8.GetBytes(real[(slash + 1)..]), status, FileAt.Stat(parent));
    }

    /// <summary>With the sources' directories: of everything below the pivot what matches.</summary>
    private void AddWithParents(string source)
    {
        int pivot = source.IndexOf("/./", StringComparison.Ordinal);
        string top = pivot < 0 ? "/" : Rooted(source[..pivot]);
        string pattern = Rooted(pivot < 0 ? source : source[(pivot + 3)..])[1..];
        using Fd? opened = FileAt.TryOpen(_origin.Root, top, OpenFlags.PathOnly | OpenFlags.Directory, 0, RootTree.InRoot, out Errno errno);
        if (opened is null)
        {
            throw errno is Errno.ENOENT or Errno.ENOTDIR ? NotFound(top) : new SyscallException("openat2", errno, top);
        }

        PathPattern? include = pattern.Length == 0
            ? null
            : PathPattern.TryParse(pattern) ?? throw EngineException.Invalid($"syntax error in pattern: {pattern}");
        SelectedTree tree = new(FileAt.OpenDirectory(opened, "."), isDirectory: true);
        Trees.Add(tree);
        new TreeListing(tree, _origin.Ignore, _options.Excludes, include).List(RealPath(opened, top));
        if (pattern.IndexOfAny(s_wildcards) < 0 && tree.IsEmpty && pattern.Length > 0)
        {
            throw NotFound("/" + pattern);
        }
    }

    /// <summary>Where in the origin something is, all links followed; empty for the origin's root.</summary>
    private string RealPath(Fd opened, string path)
    {
        string root = Name(_origin.Root);
        string name = Name(opened);
        return name.StartsWith(root, StringComparison.Ordinal) && (root.EndsWith('/') || name.Length == root.Length || name[root.Length] == '/')
            ? name[root.Length..].Trim('/')
            : path.Trim('/');
    }

    private static string Name(Fd opened)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{opened.Number}");
        return Encoding.UTF8.GetString(FileAt.ReadLink(null, path));
    }
}
