using System;
using System.Diagnostics.CodeAnalysis;

namespace FastRun.Layers.Snapshots;

/// <summary>
/// The directory that the last entry was put into, by the name that the tar has for it. A tar goes through a tree directory by
/// directory, so this spares nearly every walk.
/// </summary>
internal sealed class KnownDirectory
{
    private readonly byte[] _name = new byte[LayerPath.MaxLength];
    private readonly byte[] _path = new byte[LayerPath.MaxLength + 1];
    private int _nameLength;
    private int _pathLength;
    private TreeNode? _directory;
    private TreeNode? _pathOf;

    /// <summary>Forgets: names may lead elsewhere now.</summary>
    internal void Forget() => _directory = null;

    /// <summary>The directory of an entry, where it is the same as before and the entry has a plain name.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="last">The entry's name in it.</param>
    internal bool TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out TreeNode? directory, out ReadOnlySpan<byte> last)
    {
        directory = null;
        return Split(name, out ReadOnlySpan<byte> parent, out last)
            && (directory = _directory) is not null
            && parent.SequenceEqual(_name.AsSpan(0, _nameLength));
    }

    /// <summary>Notes the directory that an entry's name was found to mean.</summary>
    internal void Set(ReadOnlySpan<byte> name, TreeNode directory)
    {
        _directory = null;
        if (Split(name, out ReadOnlySpan<byte> parent, out _) && parent.Length <= _name.Length)
        {
            parent.CopyTo(_name);
            _nameLength = parent.Length;
            _directory = directory;
        }
    }

    /// <summary>The path of a name in a directory, valid until the next call; false where it is longer than any may be.</summary>
    internal bool TryAppend(TreeNode directory, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> path)
    {
        path = default;
        if (directory != _pathOf)
        {
            byte[] parent = directory.Path;
            parent.CopyTo(_path.AsSpan());
            _pathLength = parent.Length;
            if (_pathLength > 0)
            {
                _path[_pathLength++] = (byte)'/';
            }

            _pathOf = directory;
        }

        if (_pathLength + name.Length > LayerPath.MaxLength)
        {
            return false;
        }

        name.CopyTo(_path.AsSpan(_pathLength));
        path = _path.AsSpan(0, _pathLength + name.Length);
        return true;
    }

    /// <summary>Divides a name before its last component; false where that is not simply the name of a file.</summary>
    private static bool Split(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> parent, out ReadOnlySpan<byte> last)
    {
        name = name.TrimEnd((byte)'/');
        int slash = name.LastIndexOf((byte)'/');
        parent = name[..(slash + 1)];
        last = name[(slash + 1)..];
        return !last.IsEmpty
            && !last.SequenceEqual("."u8)
            && !last.SequenceEqual(".."u8)
            && !last.StartsWith(Whiteout.Prefix);
    }
}
