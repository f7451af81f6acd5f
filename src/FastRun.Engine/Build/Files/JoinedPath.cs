using System;
using System.Text;

namespace FastRun.Engine.Build.Files;

/// <summary>The paths of what is in one directory, one after the other in the same memory.</summary>
/// <param name="directory">The directory's path; empty for the top.</param>
internal sealed class JoinedPath(string directory)
{
    private char[] _buffer = [];
    private int _length;

    /// <summary>The path; empty before the first.</summary>
    internal ReadOnlySpan<char> Text => _buffer.AsSpan(0, _length);

    /// <summary>Makes that of a name in the directory; bytes that are not UTF-8 are replaced.</summary>
    internal void Join(ReadOnlySpan<byte> name)
    {
        int start = directory.Length == 0 ? 0 : directory.Length + 1;
        int most = start + Encoding.UTF8.GetMaxCharCount(name.Length);
        if (_buffer.Length < most)
        {
            _buffer = new char[Math.Max(most, start + byte.MaxValue)];
            directory.CopyTo(_buffer);
            if (start > 0)
            {
                _buffer[directory.Length] = '/';
            }
        }

        _length = start + Encoding.UTF8.GetChars(name, _buffer.AsSpan(start));
    }
}
