using System;
using System.Text;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;

namespace FastRun.Layers.Tests.Registry.Authentication;

public sealed class CredentialFileTests
{
    // What docker login 28.2 wrote for alice and wonder-land.
    private const string Docker = """
        {
        	"auths": {
        		"localhost:5000": {
        			"auth": "YWxpY2U6d29uZGVyLWxhbmQ="
        		}
        	},
        	"HttpHeaders": {
        		"X-A": "1"
        	}
        }
        """;

    [Fact]
    public void Find_DockersFile_GivesUserAndPassword()
    {
        RegistryCredential? found = Parse(Docker).Find(RegistryServer.Parse("localhost:5000"));

        Assert.NotNull(found);
        Assert.Equal("alice", found.Username);
        Assert.Equal("wonder-land", found.Password);
        Assert.Null(found.IdentityToken);
        Assert.Null(Parse(Docker).Find(RegistryServer.Parse("localhost:5001")));
    }

    [Fact]
    public void Set_SameCredential_WritesWhatDockerWrites()
    {
        CredentialFile file = Parse("""{"auths":{},"HttpHeaders":{"X-A":"1"}}""");
        file.Set(RegistryServer.Parse("localhost:5000"), new RegistryCredential("alice", "wonder-land"));

        Assert.Equal(Docker, Encoding.UTF8.GetString(file.ToBytes()));
    }

    [Theory]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    [InlineData("docker.io", "docker.io")]
    [InlineData("index.docker.io", "registry-1.docker.io")]
    [InlineData("https://registry.example/v1/", "registry.example")]
    [InlineData("http://registry.example:8080", "registry.example:8080")]
    [InlineData("quay.io/org", "quay.io")]
    public void Find_OlderOrForeignKey_MeansTheSameServer(string key, string host)
    {
        CredentialFile file = Parse($$$$"""{"auths":{"other":{"auth":"eDp5"},"{{{{key}}}}":{"auth":"dTpw"}}}""");

        Assert.Equal("u", file.Find(RegistryServer.OfKey(host))?.Username);
    }

    [Fact]
    public void Find_ExactKeyBesideAnOlderOne_Wins()
    {
        CredentialFile file = Parse("""{"auths":{"https://quay.io/v1/":{"auth":"b2xkOnA="},"quay.io":{"auth":"bmV3OnA="}}}""");

        Assert.Equal("new", file.Find(RegistryServer.OfKey("quay.io"))?.Username);
    }

    [Theory]
    [InlineData("""{"identitytoken":"refresh"}""", "", "", "refresh", null)]
    [InlineData("""{"registrytoken":"bearer"}""", "", "", null, "bearer")]
    [InlineData("""{"auth":"dTo=","identitytoken":"refresh"}""", "u", "", "refresh", null)]
    [InlineData("""{"username":"u","password":"p"}""", "u", "p", null, null)]
    [InlineData("""{"auth":"dTpwOnE="}""", "u", "p:q", null, null)]
    [InlineData("""{"auth":"dTpwAAA="}""", "u", "p", null, null)]
    public void Find_EachForm_IsRead(string entry, string username, string password, string? identity, string? bearer)
    {
        RegistryCredential? found = Parse("{\"auths\":{\"r.example\":" + entry + "}}").Find(RegistryServer.OfKey("r.example"));

        Assert.NotNull(found);
        Assert.Equal(username, found.Username);
        Assert.Equal(password, found.Password);
        Assert.Equal(identity, found.IdentityToken);
        Assert.Equal(bearer, found.RegistryToken);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"auth":""}""")]
    [InlineData("""{"auth":null}""")]
    public void Find_EmptyEntry_IsNone(string entry) =>
        Assert.Null(Parse("{\"auths\":{\"r.example\":" + entry + "}}").Find(RegistryServer.OfKey("r.example")));

    [Theory]
    [InlineData("""{"auths":{"r.example":{"auth":"!!"}}}""", "not base64")]
    [InlineData("""{"auths":{"r.example":{"auth":"dXNlcg=="}}}""", "user:password")]
    [InlineData("""{"auths":{"r.example":{"auth":1}}}""", "not a string")]
    [InlineData("""{"auths":{"r.example":[]}}""", "not an object")]
    [InlineData("""{"auths":[]}""", "not an object")]
    public void Find_MalformedEntry_NamesFileAndProblem(string text, string problem)
    {
        CredentialFile file = Parse(text);

        CredentialException thrown = Assert.Throws<CredentialException>(() => file.Find(RegistryServer.OfKey("r.example")));

        Assert.StartsWith("config.json: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"auths":{},"auths":{}}""")]
    public void Parse_NoObject_IsRefused(string text)
    {
        CredentialException thrown = Assert.Throws<CredentialException>(() => Parse(text));

        Assert.StartsWith("config.json: ", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public void Parse_Nothing_IsAnEmptyFile(string text)
    {
        CredentialFile file = Parse(text);

        Assert.True(file.SaysNothing);
        Assert.Null(file.Find(RegistryServer.OfKey("r.example")));
    }

    [Fact]
    public void ToBytes_AfterChange_KeepsWhatItDoesNotKnow()
    {
        CredentialFile file = Parse("""{"zzz":{"b":1.50,"a":"<é&+>"},"auths":{"r.example":{"auth":"dTpw","x":1}},"proxies":{"default":{"noProxy":"*"}}}""");

        Assert.True(file.Remove(RegistryServer.OfKey("r.example")));

        Assert.Equal(
            "{\n\t\"zzz\": {\n\t\t\"b\": 1.50,\n\t\t\"a\": \"<é&+>\"\n\t},\n\t\"auths\": {},\n\t\"proxies\": {\n\t\t\"default\": {\n\t\t\t\"noProxy\": \"*\"\n\t\t}\n\t}\n}",
            Encoding.UTF8.GetString(file.ToBytes()));
        Assert.False(file.Remove(RegistryServer.OfKey("r.example")));
    }

    [Fact]
    public void Set_OlderKeysOfTheServer_AreReplaced()
    {
        CredentialFile file = Parse("""{"auths":{"index.docker.io":{"auth":"dTpw"},"https://index.docker.io/v1/":{"auth":"dTpw"}}}""");

        file.Set(RegistryServer.Parse(null), new RegistryCredential("u", "", "refresh"));

        Assert.Equal(
            "{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {\n\t\t\t\"auth\": \"dTo=\",\n\t\t\t\"identitytoken\": \"refresh\"\n\t\t}\n\t}\n}",
            Encoding.UTF8.GetString(file.ToBytes()));
    }

    [Theory]
    [InlineData("gcr.io", "gcloud")]
    [InlineData("docker.io", "hub")]
    [InlineData("quay.io", "pass")]
    public void HelperFor_ServersOwn_ComesBeforeTheCommonOne(string host, string helper)
    {
        CredentialFile file = Parse(
            """{"credsStore":"pass","credHelpers":{"gcr.io":"gcloud","https://index.docker.io/v1/":"hub"}}""");

        Assert.Equal(helper, file.HelperFor(RegistryServer.OfKey(host)));
    }

    [Fact]
    public void ToString_Credential_HoldsNoSecret()
    {
        RegistryCredential credential = new("alice", "wonder-land", "refresh") { RegistryToken = "bearer" };

        Assert.Equal("alice", credential.ToString());
        Assert.Equal("a token", (credential with { Username = "" }).ToString());
    }

    private static CredentialFile Parse(string text) => CredentialFile.Parse(Encoding.UTF8.GetBytes(text), "config.json");
}
