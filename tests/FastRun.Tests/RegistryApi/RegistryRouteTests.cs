using FastRun.Layers.Hosting;
using FastRun.RegistryApi;

namespace FastRun.Tests.RegistryApi;

/// <summary>Paths of distribution-spec 1.1, "Endpoints".</summary>
public sealed class RegistryRouteTests
{
    private const string Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("/v2/", "Version", "", "")]
    [InlineData("/v2/_catalog", "Catalog", "", "")]
    [InlineData("/v2/a/blobs/" + Digest, "Blob", "a", Digest)]
    [InlineData("/v2/a/b/c/blobs/" + Digest, "Blob", "a/b/c", Digest)]
    [InlineData("/v2/a/blobs/uploads/", "Upload", "a", "")]
    [InlineData("/v2/a/blobs/uploads", "Upload", "a", "")]
    [InlineData("/v2/a/blobs/uploads/0123", "Upload", "a", "0123")]
    [InlineData("/v2/a/manifests/v1", "Manifest", "a", "v1")]
    [InlineData("/v2/a/tags/list", "Tags", "a", "")]
    [InlineData("/v2/a/referrers/" + Digest, "Referrers", "a", Digest)]
    [InlineData("/v2/manifests/manifests/manifests", "Manifest", "manifests", "manifests")]
    [InlineData("/v2/blobs/uploads/tags/list", "Tags", "blobs/uploads", "")]
    [InlineData("/v2/a/tags/other", "None", "", "")]
    [InlineData("/v2/a", "None", "", "")]
    [InlineData("/v1/a/manifests/v1", "None", "", "")]
    [InlineData("/", "None", "", "")]
    public void Parse_Path_NamesThat(string path, string kind, string repository, string last)
    {
        RegistryRoute route = RegistryRoute.Parse(path);

        Assert.Equal(
            (kind, repository, last),
            (route.Kind.ToString(), route.Repository ?? "", route.Kind == RouteKind.Tags ? "" : route.Last ?? ""));
    }

    [Theory]
    [InlineData("/v2//manifests/v1")]
    [InlineData("/v2/../manifests/v1")]
    [InlineData("/v2/A/manifests/v1")]
    public void Name_OutsideTheGrammar_IsRefused(string path) =>
        Assert.Equal(HostingFault.NameInvalid, Assert.Throws<HostingException>(() => RegistryRoute.Parse(path).Name).Fault);
}
