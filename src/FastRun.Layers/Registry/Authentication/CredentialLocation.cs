namespace FastRun.Layers.Registry.Authentication;

/// <summary>Where a credential was put.</summary>
/// <param name="Path">The configuration file.</param>
/// <param name="Helper">The program that keeps the secret; null where the file itself does, unencrypted.</param>
public sealed record CredentialLocation(string Path, string? Helper);
