namespace FastRun.Engine.Networks;

/// <summary>What a network knows of a container.</summary>
/// <param name="Id">64 hex digits.</param>
/// <param name="Name">Its name; empty for a sandbox that has none.</param>
/// <param name="HostName">Its host name.</param>
internal readonly record struct ContainerIdentity(string Id, string Name, string HostName);
