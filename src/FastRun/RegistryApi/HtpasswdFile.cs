using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Passwords;

namespace FastRun.RegistryApi;

/// <summary>
/// Users and their bcrypt passwords, in the file that <c>htpasswd -B</c> writes; read again when it changes. A password that was
/// right once is not hashed again until then, and no more are hashed at once than there are processors.
/// </summary>
internal sealed class HtpasswdFile : IDisposable
{
    private const int MaxSize = 4 << 20;
    private const int MostRemembered = 10_000;
    private const string Scheme = "Basic ";

    private readonly string _path;
    private readonly SemaphoreSlim _hashing = new(Environment.ProcessorCount);
    private readonly Action<string> _report;
    private volatile Content _content;

    private HtpasswdFile(string path, Content content, Action<string> report) => (_path, _content, _report) = (path, content, report);

    /// <summary>Reads it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="report">Hears when it changes to something that cannot be read.</param>
    /// <exception cref="EngineException">It is malformed.</exception>
    /// <exception cref="SyscallException">It cannot be read.</exception>
    internal static HtpasswdFile Open(string path, Action<string> report) => new(path, Read(path), report);

    /// <summary>The user that an Authorization header is of; null where it is of none, or the password is wrong.</summary>
    internal async ValueTask<string?> AdmitAsync(string header, CancellationToken cancellation)
    {
        if (!TryDivide(header, out string user, out byte[] password))
        {
            return null;
        }

        Content content = Current();
        string key = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(header)));
        if (content.Admitted.ContainsKey(key))
        {
            return user;
        }

        await _hashing.WaitAsync(cancellation);
        try
        {
            // A name that there is not takes as long as a wrong password.
            bool isKnown = content.Users.TryGetValue(user, out BcryptHash? hash);
            bool matches = (hash ?? content.Any)?.Matches(password) == true && isKnown;
            if (matches && content.Admitted.Count < MostRemembered)
            {
                content.Admitted[key] = true;
            }

            return matches ? user : null;
        }
        finally
        {
            _hashing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hashing.Dispose();

    private Content Current()
    {
        Content content = _content;
        if (FileAt.TryStat(null, _path, out FileStatus status) != Errno.None || content.IsOf(status))
        {
            return content;
        }

        try
        {
            return _content = Read(_path);
        }
        catch (Exception e) when (e is EngineException or SyscallException)
        {
            // Somebody is writing it, or made a mistake: what was good stays, and is looked at again when the file changes.
            _report(e.Message);
            return _content = content with { Status = status };
        }
    }

    private static Content Read(string path)
    {
        using Fd file = FileAt.Open(null, path, OpenFlags.Read);
        FileStatus status = FileAt.Stat(file);
        Dictionary<string, BcryptHash> users = new(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in Encoding.UTF8.GetString(FileContent.ReadAll(file, MaxSize)).Split('\n'))
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            int colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !BcryptHash.TryParse(text[(colon + 1)..], out BcryptHash? hash))
            {
                string place = number.ToString(CultureInfo.InvariantCulture);
                throw new EngineException(
                    ErrorKind.InvalidArgument, $"{path}: line {place}: not a user with a bcrypt password", hint: "htpasswd -B writes such lines");
            }

            users[text[..colon]] = hash!;
        }

        return new Content(status, users);
    }

    private static bool TryDivide(string header, out string user, out byte[] password)
    {
        (user, password) = ("", []);
        byte[] bytes = new byte[header.Length];
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !Convert.TryFromBase64String(header[Scheme.Length..].Trim(), bytes, out int length))
        {
            return false;
        }

        int colon = bytes.AsSpan(0, length).IndexOf((byte)':');
        if (colon < 0)
        {
            return false;
        }

        user = Encoding.UTF8.GetString(bytes, 0, colon);
        password = bytes[(colon + 1)..length];
        return true;
    }

    /// <summary>The file as it was read.</summary>
    private sealed record Content(FileStatus Status, Dictionary<string, BcryptHash> Users)
    {
        internal ConcurrentDictionary<string, bool> Admitted { get; } = new(StringComparer.Ordinal);

        internal BcryptHash? Any { get; } = First(Users);

        internal bool IsOf(FileStatus status) =>
            status.IsSameFile(Status) && status.Size == Status.Size && status.Modified == Status.Modified;

        private static BcryptHash? First(Dictionary<string, BcryptHash> users)
        {
            foreach (BcryptHash hash in users.Values)
            {
                return hash;
            }

            return null;
        }
    }
}
