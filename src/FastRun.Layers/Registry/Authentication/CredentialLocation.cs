namespace FastRun.Layers.Registry.Authentication;

/// <summary>Where a credential was put.</summary>
/// <param name="Path">The configuration file.</param>
/// <param name="Helper">The program that keeps the secret; null where the file itself does.</param>
/// <param name="IsUnencrypted">Whether a password can now be read in the file.</param>
public sealed record CredentialLocation(string Path, string? Helper, bool IsUnencrypted);
