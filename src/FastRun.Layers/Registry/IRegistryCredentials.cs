namespace FastRun.Layers.Registry;

/// <summary>Where the credentials for registries come from. May be called from several threads.</summary>
public interface IRegistryCredentials
{
    /// <summary>The credentials for a registry; null where there are none, which makes the client anonymous.</summary>
    /// <param name="registry">The registry as references name it: <c>docker.io</c>, <c>localhost:5000</c>.</param>
    RegistryCredential? Find(string registry);
}
