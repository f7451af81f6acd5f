using System;
using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Registry.Authentication;

/// <summary>
/// A configuration file in Docker's format (<c>config.json</c>; <c>auth.json</c> of containers-auth.json(5) is the same in
/// what concerns us). Whatever else is in it is kept as it is.
/// </summary>
internal sealed class CredentialFile
{
    /// <summary>The most that a file may have; real ones have a few hundred bytes.</summary>
    internal const int MaxSize = StrictJson.MaxSize;

    private const string Auths = "auths";
    private const string Helpers = "credHelpers";
    private const string Store = "credsStore";

    /// <summary>Text as it is: what is written here never becomes part of a web page.</summary>
    internal static readonly JsonWriterOptions PlainText = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions s_form = PlainText with { Indented = true, IndentCharacter = '\t', IndentSize = 1 };

    private readonly string _name;
    private readonly JsonObject _root;

    private CredentialFile(string name, JsonObject root) => (_name, _root) = (name, root);

    /// <summary>The program that keeps all credentials that <see cref="HelperFor"/> names none for; null for this file.</summary>
    internal string? DefaultHelper
    {
        get => Text(_root, Store);
        set => _root[Store] = value;
    }

    /// <summary>Whether it says anything about credentials yet.</summary>
    internal bool SaysNothing =>
        DefaultHelper is null && Section(Helpers) is not { Count: > 0 } && Section(Auths) is not { Count: > 0 };

    /// <summary>Reads a file's content; nothing at all is an empty file.</summary>
    /// <param name="content">What is in it.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="CredentialException">It is no JSON object.</exception>
    internal static CredentialFile Parse(ReadOnlySpan<byte> content, string name)
    {
        if (content.TrimEnd(" \t\r\n"u8).IsEmpty)
        {
            return new CredentialFile(name, []);
        }

        try
        {
            StrictJson.Check(content, name);
            return new CredentialFile(
                name, (JsonObject)JsonNode.Parse(content, null, new JsonDocumentOptions { MaxDepth = StrictJson.MaxDepth })!);
        }
        catch (CorruptContentException e)
        {
            throw new CredentialException(e.Message, e);
        }
    }

    /// <summary>The content, in the form that Docker writes.</summary>
    internal byte[] ToBytes()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, s_form))
        {
            _root.WriteTo(writer);
        }

        return stream.ToArray();
    }

    /// <summary>The name of the program that keeps a server's credential; null where this file does.</summary>
    internal string? HelperFor(RegistryServer server)
    {
        if (Section(Helpers) is { } helpers && Match(helpers, server) is { } key && Text(helpers, key) is { } helper)
        {
            return helper;
        }

        return DefaultHelper;
    }

    /// <summary>The server's credential in this file; null where it has none.</summary>
    /// <exception cref="CredentialException">The entry does not have the form it must have.</exception>
    internal RegistryCredential? Find(RegistryServer server)
    {
        if (Section(Auths) is not { } auths || Match(auths, server) is not { } key)
        {
            return null;
        }

        if (auths[key] is not JsonObject entry)
        {
            throw Malformed(key, "not an object");
        }

        string username = Text(entry, "username") ?? "";
        string password = Text(entry, "password") ?? "";
        if (Text(entry, "auth") is { } auth)
        {
            (username, password) = Decode(auth, key);
        }

        RegistryCredential credential = new(username, password, Text(entry, "identitytoken"))
        {
            RegistryToken = Text(entry, "registrytoken"),
        };
        return credential == new RegistryCredential("", "") ? null : credential;
    }

    /// <summary>Keeps a server's credential in this file.</summary>
    internal void Set(RegistryServer server, RegistryCredential credential)
    {
        JsonObject entry = new()
        {
            ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Password}")),
        };
        if (credential.IdentityToken is not null)
        {
            entry["identitytoken"] = credential.IdentityToken;
        }

        if (credential.RegistryToken is not null)
        {
            entry["registrytoken"] = credential.RegistryToken;
        }

        Replace(server, entry);
    }

    /// <summary>Notes that a program keeps the server's credential: Docker leaves an empty entry then.</summary>
    internal void SetKeptElsewhere(RegistryServer server) => Replace(server, []);

    /// <summary>Forgets a server under every name it may have here.</summary>
    /// <returns>Whether there was anything to forget.</returns>
    internal bool Remove(RegistryServer server)
    {
        if (Section(Auths) is not { } auths)
        {
            return false;
        }

        bool any = false;
        while (Match(auths, server) is { } key)
        {
            any |= auths.Remove(key);
        }

        return any;
    }

    private void Replace(RegistryServer server, JsonObject entry)
    {
        Remove(server);
        if (Section(Auths) is not { } auths)
        {
            _root[Auths] = auths = [];
        }

        auths[server.Key] = entry;
    }

    /// <summary>The key that means a server, the exact one before others that come to the same.</summary>
    private static string? Match(JsonObject section, RegistryServer server)
    {
        if (section.ContainsKey(server.Key))
        {
            return server.Key;
        }

        foreach ((string key, _) in section)
        {
            if (RegistryServer.OfKey(key) == server)
            {
                return key;
            }
        }

        return null;
    }

    private JsonObject? Section(string name) => _root[name] switch
    {
        null => null,
        JsonObject section => section,
        _ => throw new CredentialException($"{_name}: \"{name}\" is not an object"),
    };

    private string? Text(JsonObject owner, string name) => owner[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text.Length == 0 ? null : text,
        _ => throw new CredentialException($"{_name}: \"{name}\" is not a string"),
    };

    /// <summary>Reads base64 of <c>user:password</c>, which old releases of Docker filled up with NULs.</summary>
    private (string Username, string Password) Decode(string auth, string key)
    {
        byte[] bytes = new byte[auth.Length];
        if (!Convert.TryFromBase64String(auth, bytes, out int length))
        {
            throw Malformed(key, "\"auth\" is not base64");
        }

        string text = Encoding.UTF8.GetString(bytes, 0, length);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? throw Malformed(key, "\"auth\" is not the base64 of user:password")
            : (text[..colon], text[(colon + 1)..].Trim('\0'));
    }

    private CredentialException Malformed(string key, string problem) =>
        new($"{_name}: {References.ReferenceGrammar.Quote(key)}: {problem}");
}
