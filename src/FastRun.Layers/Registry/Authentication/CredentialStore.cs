using System;
using System.IO;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Registry.Authentication;

/// <summary>
/// The caller's credentials for registries, where Docker and podman keep them. Read in this order, the first that knows the
/// registry wins: the variable <c>DOCKER_AUTH_CONFIG</c>; Docker's <c>config.json</c>, with its credential helpers; podman's
/// <c>auth.json</c>. Only Docker's file is ever written.
/// </summary>
/// <param name="variable">The caller's environment.</param>
public sealed class CredentialStore(Func<string, string?> variable) : IRegistryCredentials
{
    /// <summary>The variable that holds a whole configuration file, for CI jobs.</summary>
    public const string InlineVariable = "DOCKER_AUTH_CONFIG";

    private const int OwnerOnly = 0x180;
    private const int GroupRead = 0x20;
    private const int MostLinks = 40;

    /// <summary>The credentials of this process's user.</summary>
    public static CredentialStore FromEnvironment() => new(Environment.GetEnvironmentVariable);

    /// <summary>Whether the environment overrides what a login keeps.</summary>
    public bool IsOverridden => Inline is not null;

    private string? Inline => variable(InlineVariable) is { Length: > 0 } text ? text : null;

    private string? SearchPath => variable("PATH");

    /// <summary>The credential for a registry; null where none is known.</summary>
    /// <param name="registry">The registry as references name it.</param>
    /// <exception cref="CredentialException">A file is malformed, or a helper failed.</exception>
    public RegistryCredential? Find(string registry)
    {
        RegistryServer server = RegistryServer.OfKey(registry);
        if (Inline is { } inline
            && CredentialFile.Parse(Encoding.UTF8.GetBytes(inline), "$" + InlineVariable).Find(server) is { } given)
        {
            return given;
        }

        return (DockerFile is { } docker ? Find(server, docker) : null)
            ?? (PodmanFile is { } podman ? Find(server, podman) : null);
    }

    /// <summary>Keeps a credential where Docker would: in a credential helper, or unencrypted in its file.</summary>
    /// <exception cref="CredentialException">There is no home, the file is malformed, or a helper failed.</exception>
    /// <exception cref="SyscallException">The file cannot be written.</exception>
    public CredentialLocation Store(RegistryServer server, RegistryCredential credential)
    {
        string path = DockerFile
            ?? throw new CredentialException("neither $DOCKER_CONFIG nor $HOME says where to keep the credential");
        FileAt.MakeDirectories(null, Path.GetDirectoryName(path)!, 0x1C0);
        string? helper = null;
        Change(path, file =>
        {
            if (file.SaysNothing)
            {
                file.DefaultHelper = HelperProgram.FindDefault(SearchPath);
            }

            helper = file.HelperFor(server);
            if (helper is null)
            {
                file.Set(server, credential);
            }
            else
            {
                HelperProgram.Open(helper, SearchPath).Store(server, credential);
                file.SetKeptElsewhere(server);
            }

            return true;
        });
        return new CredentialLocation(path, helper, helper is null && credential.Password.Length > 0);
    }

    /// <summary>Forgets the credential for a registry in Docker's file and its credential helper.</summary>
    /// <exception cref="CredentialException">The file is malformed, or a helper failed.</exception>
    /// <exception cref="SyscallException">The file cannot be written.</exception>
    public void Erase(RegistryServer server)
    {
        if (DockerFile is not { } path || FileAt.TryStat(null, path, out _) != Errno.None)
        {
            return;
        }

        Change(path, file =>
        {
            if (file.HelperFor(server) is { } helper)
            {
                HelperProgram.Open(helper, SearchPath).Erase(server);
            }

            return file.Remove(server);
        });
    }

    /// <summary>Docker's file, whether it exists or not.</summary>
    private string? DockerFile =>
        variable("DOCKER_CONFIG") is { Length: > 0 } directory ? Path.GetFullPath(Path.Combine(directory, "config.json"))
        : variable("HOME") is { Length: > 0 } home ? Path.GetFullPath(Path.Combine(home, ".docker/config.json"))
        : null;

    /// <summary>Podman's file (containers-auth.json(5)), whether it exists or not.</summary>
    private string? PodmanFile =>
        variable("REGISTRY_AUTH_FILE") is { Length: > 0 } file ? file
        : variable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? Path.Combine(runtime, "containers/auth.json")
        : Environment.IsPrivilegedProcess ? "/run/containers/0/auth.json"
        : null;

    private RegistryCredential? Find(RegistryServer server, string path)
    {
        if (Read(path) is not { } file)
        {
            return null;
        }

        return (file.HelperFor(server) is { } helper ? HelperProgram.Open(helper, SearchPath).Get(server) : null)
            ?? file.Find(server);
    }

    private static CredentialFile? Read(string path)
    {
        try
        {
            return FileContent.TryReadAll(null, Target(path), CredentialFile.MaxSize) is { } content
                ? CredentialFile.Parse(content, path)
                : null;
        }
        catch (SyscallException e)
        {
            throw new CredentialException($"{path}: read: {e.Errno.Describe()}", e);
        }
    }

    /// <summary>
    /// Reads, changes and replaces a file. A lock on its directory keeps two logins from undoing each other; other programs
    /// do not take it. The owner stays; nobody but the owner, and the group where it could before, can read the new file.
    /// </summary>
    private static void Change(string path, Func<CredentialFile, bool> change)
    {
        string target = Target(path);
        using FileLock? held = FileLock.AcquireDirectory(Path.GetDirectoryName(target)!);
        CredentialFile file = Read(target) ?? CredentialFile.Parse([], path);
        if (!change(file))
        {
            return;
        }

        if (FileAt.TryStat(null, target, out FileStatus status) == Errno.None)
        {
            AtomicFile.Write(
                target, file.ToBytes(), OwnerOnly | (status.Permissions & GroupRead), status.Uid, status.Gid);
        }
        else
        {
            AtomicFile.Write(target, file.ToBytes(), OwnerOnly);
        }
    }

    /// <summary>The file that a path leads to through symbolic links, which stay; it need not exist.</summary>
    private static string Target(string path)
    {
        for (int links = 0; links < MostLinks; links++)
        {
            if (FileAt.TryReadLink(null, path, out byte[] link) != Errno.None)
            {
                return path;
            }

            path = Resolve(Path.Combine(Path.GetDirectoryName(path)!, Encoding.UTF8.GetString(link)));
        }

        throw new CredentialException($"{path}: {Errno.ELOOP.Describe()}");
    }

    /// <summary>The same file by the real name of its directory, so that a <c>..</c> means what the kernel takes it for.</summary>
    private static string Resolve(string path)
    {
        using Fd? directory = FileAt.TryOpen(
            null, Path.GetDirectoryName(path)!, OpenFlags.PathOnly | OpenFlags.Directory, 0, ResolveFlags.None, out _);
        return directory is null
            ? path
            : Path.Combine(
                Encoding.UTF8.GetString(FileAt.ReadLink(null, $"/proc/self/fd/{directory.Number}")), Path.GetFileName(path));
    }
}
