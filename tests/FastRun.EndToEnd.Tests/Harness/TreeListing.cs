using System;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>A tree on disk as lines of text, one per name, with all that an image defines of it; equal trees have equal listings.</summary>
internal static class TreeListing
{
    private const string Script =
        """
        import hashlib, os, stat, sys
        os.chdir(sys.argv[1])
        first = {}
        for top, directories, files in os.walk(b'.'):
            directories.sort()
            for name in sorted(directories + files):
                path = os.path.join(top, name)
                s = os.lstat(path)
                line = [repr(path), oct(s.st_mode), s.st_uid, s.st_gid, s.st_mtime_ns]
                if not stat.S_ISDIR(s.st_mode):
                    line += [s.st_nlink, first.setdefault(s.st_ino, path)]
                if stat.S_ISREG(s.st_mode):
                    with open(path, 'rb') as file:
                        line += [s.st_size, hashlib.sha1(file.read()).hexdigest()]
                if stat.S_ISLNK(s.st_mode):
                    line += [os.readlink(path)]
                if stat.S_ISCHR(s.st_mode) or stat.S_ISBLK(s.st_mode):
                    line += [s.st_rdev]
                line += [(key, os.getxattr(path, key, follow_symlinks=False)) for key in sorted(os.listxattr(path, follow_symlinks=False))]
                print(*line)
        """;

    /// <summary>Lists it.</summary>
    internal static string[] Of(string directory) => new Command("python3", "-c", Script, directory) { Timeout = TimeSpan.FromMinutes(5) }.Run().Lines;
}
