using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>The Docker project's registry with one of its two ways to ask who comes.</summary>
internal static class GuardedRegistry
{
    /// <summary>A registry that asks for a name and a password (RFC 7617).</summary>
    internal static DockerRegistry WithPassword(StateRoots roots, string user, string password)
    {
        string file = roots.NewFile("htpasswd", Command.Output("htpasswd", "-nbB", "-C", "4", user, password));
        return new DockerRegistry($"""
            auth:
              htpasswd:
                realm: test
                path: {file}
            """);
    }

    /// <summary>A registry that takes the tokens of a server.</summary>
    internal static DockerRegistry WithTokens(StateRoots roots, TokenServer server)
    {
        string file = roots.NewFile("issuer.pem", server.Certificate);
        return new DockerRegistry($"""
            auth:
              token:
                realm: {server.Realm}
                service: {TokenServer.Service}
                issuer: {TokenServer.Issuer}
                rootcertbundle: {file}
            """);
    }
}
