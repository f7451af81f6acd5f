using FastRun.Engine.Errors;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;

namespace FastRun.Engine.Registries;

/// <summary>Logging in to a registry and out of it: credentials are kept only after the registry took them.</summary>
/// <param name="store">Where credentials are kept.</param>
public sealed class RegistryLogin(CredentialStore store)
{
    /// <summary>The registry that a user names; nothing means Docker Hub.</summary>
    /// <exception cref="EngineException">It is no registry's name.</exception>
    public static RegistryServer Server(string? name) => EngineErrors.Translated(() => RegistryServer.Parse(name));

    /// <summary>The user and password that are kept for a registry; null where there are none.</summary>
    /// <exception cref="EngineException">They cannot be read.</exception>
    public RegistryCredential? Existing(RegistryServer server) => EngineErrors.Translated(
        () => store.Find(server.Host) is { Username.Length: > 0, Password.Length: > 0 } found ? found : null);

    /// <summary>Shows a credential to the registry, and keeps nothing.</summary>
    /// <param name="server">The registry.</param>
    /// <param name="credential">A user's name, and a password or an identity token.</param>
    /// <returns>The token that the registry gave for it; null for none.</returns>
    /// <exception cref="EngineException">The registry refuses it or is out.</exception>
    public static string? Check(RegistryServer server, RegistryCredential credential) =>
        EngineErrors.Translated(() => new LoginCheck(server, RegistryConfiguration.Load()).Verify(credential));

    /// <summary>Shows a credential to the registry, and keeps it, or the token that the registry gave for it.</summary>
    /// <param name="server">The registry.</param>
    /// <param name="credential">A user's name and password.</param>
    /// <returns>Where it is kept.</returns>
    /// <exception cref="EngineException">The registry refuses it or is out, or it cannot be kept.</exception>
    public CredentialLocation LogIn(RegistryServer server, RegistryCredential credential) => EngineErrors.Translated(() =>
    {
        string? identity = new LoginCheck(server, RegistryConfiguration.Load()).Verify(credential);
        return store.Store(
            server, identity is null ? credential : new RegistryCredential(credential.Username, "", identity));
    });

    /// <summary>Forgets the credential for a registry.</summary>
    /// <exception cref="EngineException">The file cannot be written, or a credential helper failed.</exception>
    public void LogOut(RegistryServer server) => EngineErrors.Translated(() =>
    {
        store.Erase(server);
        return true;
    });
}
