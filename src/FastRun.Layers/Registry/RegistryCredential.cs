namespace FastRun.Layers.Registry;

/// <summary>
/// Who one is to a registry: a user and a password, or an identity token, which is exchanged for tokens that work for a
/// few minutes (OAuth 2 refresh token).
/// </summary>
/// <param name="Username">The user; empty beside an identity token.</param>
/// <param name="Password">The password or access token; empty beside an identity token.</param>
/// <param name="IdentityToken">The identity token; null where there is a password.</param>
public sealed record RegistryCredential(string Username, string Password, string? IdentityToken = null)
{
    /// <summary>A bearer token to send to the registry as it is; null where there is none.</summary>
    public string? RegistryToken { get; init; }

    /// <summary>Names the user only: secrets stay out of messages and logs.</summary>
    public override string ToString() => Username.Length > 0 ? Username : "a token";
}
