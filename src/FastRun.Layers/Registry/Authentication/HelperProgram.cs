using System;
using System.Buffers;
using System.IO;
using System.Text;
using System.Text.Json;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Layers.Registry.Authentication;

/// <summary>
/// A credential helper: a program <c>docker-credential-NAME</c> of the caller's that keeps credentials in a place of its
/// own. It is told what to do by one word, reads a server or a document and prints a document
/// (github.com/docker/docker-credential-helpers).
/// </summary>
internal sealed class HelperProgram
{
    /// <summary>What a program answers for a server that it does not know.</summary>
    private const string NotFound = "credentials not found in native keychain";

    /// <summary>The user's name that stands for a refresh token.</summary>
    private const string TokenUser = "<token>";

    private const string Prefix = "docker-credential-";
    private const int MaxOutput = 1 << 20;
    private const int MaxMessage = 512;
    private const int Patience = 60_000;

    private static readonly SearchValues<char> s_name =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    private readonly string _program;
    private readonly string _path;
    private readonly int _patience;

    private HelperProgram(string program, string path, int patience)
    {
        (_program, _path, _patience) = (program, path, patience);
    }

    /// <summary>Finds a program in the absolute directories of a search path; never in the current directory.</summary>
    /// <param name="name">The part of its name that configuration files give.</param>
    /// <param name="searchPath">The value of PATH.</param>
    /// <param name="patience">Milliseconds that it may take: a person may have to unlock a key.</param>
    /// <exception cref="CredentialException">It is no name for one, or there is none.</exception>
    internal static HelperProgram Open(string name, string? searchPath, int patience = Patience)
    {
        if (!IsName(name))
        {
            throw new CredentialException($"{ReferenceGrammar.Quote(name)}: not a name for a credential helper");
        }

        string program = Prefix + name;
        return FindProgram(program, searchPath) is { } path
            ? new HelperProgram(program, path, patience)
            : throw new CredentialException($"{program}: executable file not found in $PATH");
    }

    /// <summary>The helper that Docker uses where none is configured and one is installed; null for none.</summary>
    internal static string? FindDefault(string? searchPath)
    {
        string name = FindProgram("pass", searchPath) is null ? "secretservice" : "pass";
        return FindProgram(Prefix + name, searchPath) is null ? null : name;
    }

    /// <summary>The credential that it keeps for a server; null where it knows none.</summary>
    /// <exception cref="CredentialException">It failed.</exception>
    internal RegistryCredential? Get(RegistryServer server)
    {
        ProgramOutput answer = Run("get", Encoding.UTF8.GetBytes(server.Key));
        if (answer.Status.Code != 0)
        {
            string message = Message(answer);
            return message == NotFound ? null : throw Failed("get", message);
        }

        (string username, string secret) = Parse(answer.Output.Span);
        return username == TokenUser
            ? new RegistryCredential("", "", secret)
            : username.Length == 0 ? null : new RegistryCredential(username, secret);
    }

    /// <summary>Has it keep a credential.</summary>
    /// <exception cref="CredentialException">It failed.</exception>
    internal void Store(RegistryServer server, RegistryCredential credential)
    {
        using MemoryStream document = new();
        using (Utf8JsonWriter writer = new(document, CredentialFile.PlainText))
        {
            writer.WriteStartObject();
            writer.WriteString("ServerURL", server.Key);
            writer.WriteString("Username", credential.IdentityToken is null ? credential.Username : TokenUser);
            writer.WriteString("Secret", credential.IdentityToken ?? credential.Password);
            writer.WriteEndObject();
        }

        Order("store", document.ToArray());
    }

    /// <summary>Has it forget a server; one that it does not know is no error.</summary>
    /// <exception cref="CredentialException">It failed.</exception>
    internal void Erase(RegistryServer server) => Order("erase", Encoding.UTF8.GetBytes(server.Key));

    private void Order(string verb, byte[] input)
    {
        ProgramOutput answer = Run(verb, input);
        if (answer.Status.Code != 0 && Message(answer) is var message && message != NotFound)
        {
            throw Failed(verb, message);
        }
    }

    private ProgramOutput Run(string verb, byte[] input)
    {
        try
        {
            return ProgramRun.Run(_path, [verb], input, MaxOutput, _patience);
        }
        catch (SyscallException e)
        {
            string why = e.Errno switch
            {
                Errno.ETIMEDOUT => $"no answer after {_patience / 1000} s",
                Errno.EFBIG => "its answer is larger than 1 MiB",
                _ => e.Errno.Describe(),
            };
            throw new CredentialException($"{_program}: {verb}: {why}", e);
        }
    }

    private (string Username, string Secret) Parse(ReadOnlySpan<byte> answer)
    {
        try
        {
            StrictJson.Check(answer, _program);
            Utf8JsonReader reader = new(answer, StrictJson.ReaderOptions);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return (Text(document, "Username"), Text(document, "Secret"));
        }
        catch (CorruptContentException e)
        {
            throw new CredentialException($"{_program}: get: its answer is not a credential", e);
        }
    }

    private static string Text(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private CredentialException Failed(string verb, string message) => new($"{_program}: {verb}: {message}");

    /// <summary>What it printed, in one line; a program that says nothing is named by its exit code.</summary>
    private static string Message(ProgramOutput answer)
    {
        ReadOnlySpan<byte> output = answer.Output.Span;
        string text = Encoding.UTF8.GetString(output[..Math.Min(output.Length, MaxMessage)]).Trim();
        return text.Length == 0 ? $"exit code {answer.Status.Code}" : text.ReplaceLineEndings(" ");
    }

    /// <summary>A name that makes one file name, and no other than meant.</summary>
    private static bool IsName(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= 128 && char.IsAsciiLetterOrDigit(name[0]) && !name.ContainsAnyExcept(s_name);

    private static string? FindProgram(string program, string? searchPath)
    {
        foreach (string directory in (searchPath ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (directory[0] != '/')
            {
                continue;
            }

            string path = Path.Combine(directory, program);
            using Fd? file = FileAt.TryOpen(null, path, OpenFlags.PathOnly, 0, ResolveFlags.None, out _);
            if (file is not null && FileAt.Stat(file) is var status && status.Type == FileType.Regular && (status.Mode & 0x49) != 0)
            {
                return path;
            }
        }

        return null;
    }
}
