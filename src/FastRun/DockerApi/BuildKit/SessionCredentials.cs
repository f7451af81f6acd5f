using System;
using System.Collections.Concurrent;
using FastRun.Grpc;
using FastRun.Layers.References;
using FastRun.Layers.Registry;

namespace FastRun.DockerApi.BuildKit;

/// <summary>The credentials that a client tells when it is asked (BuildKit, session/auth).</summary>
/// <param name="session">The client's session.</param>
internal sealed class SessionCredentials(ClientSession session) : IRegistryCredentials
{
    private const string DockerHub = "registry-1.docker.io";

    private readonly ConcurrentDictionary<string, RegistryCredential?> _known = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public RegistryCredential? Find(string registry) => _known.GetOrAdd(registry, Ask);

    private RegistryCredential? Ask(string registry)
    {
        ProtoWriter request = new ProtoWriter().Text(1, registry == ImageReference.DefaultRegistry ? DockerHub : registry);
        try
        {
            ProtoReader answer = new(session.Channel.CallAsync("/moby.filesync.v1.Auth/Credentials", request.Written, session.Gone).GetAwaiter().GetResult());
            (string user, string secret) = ("", "");
            while (answer.TryNext(out int field))
            {
                switch (field)
                {
                    case 1:
                        user = answer.Text();
                        break;
                    case 2:
                        secret = answer.Text();
                        break;
                    default:
                        break;
                }
            }

            // A token stands there without a name.
            return secret.Length == 0 ? null
                : user.Length == 0 ? new RegistryCredential("", "", secret)
                : new RegistryCredential(user, secret);
        }
        catch (GrpcException)
        {
            // A client that has none, or does not tell, is anonymous.
            return null;
        }
    }
}
