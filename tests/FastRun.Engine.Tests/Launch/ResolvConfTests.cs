using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Launch;

namespace FastRun.Engine.Tests.Launch;

public sealed class ResolvConfTests
{
    private const string Host = "# by hand\nnameserver 10.0.0.1\nnameserver\t10.0.0.2\ndomain old\nsearch corp.example\noptions ndots:1\nsortlist 1.2.3.4\n";

    private static ContainerCreateRequest Request { get; } = new() { Image = "i" };

    [Fact]
    public void Merge_EachSetting_ReplacesTheHostsOfItsKind()
    {
        Assert.Equal(
            "nameserver 9.9.9.9\nnameserver 1.1.1.1\n# by hand\ndomain old\nsearch corp.example\noptions ndots:1\nsortlist 1.2.3.4\n",
            ResolvConf.Merge(Host, Request with { Dns = ["9.9.9.9", "1.1.1.1"] }));
        Assert.Equal(
            "search a b\n# by hand\nnameserver 10.0.0.1\nnameserver\t10.0.0.2\noptions ndots:1\nsortlist 1.2.3.4\n",
            ResolvConf.Merge(Host, Request with { DnsSearch = ["a", "b"] }));
        Assert.Equal(
            "options ndots:5 rotate\n# by hand\nnameserver 10.0.0.1\nnameserver\t10.0.0.2\ndomain old\nsearch corp.example\nsortlist 1.2.3.4\n",
            ResolvConf.Merge(Host, Request with { DnsOptions = ["ndots:5", "rotate"] }));
    }

    [Fact]
    public void Merge_SearchOfADot_LeavesNoSearchDomain() => Assert.Equal(
        "nameserver 10.0.0.1\n", ResolvConf.Merge("nameserver 10.0.0.1\nsearch x\n", Request with { DnsSearch = ["."] }));

    [Fact]
    public void Merge_WordThatOnlyBeginsLikeAKeyword_Stays() => Assert.Equal(
        "nameserver 1.1.1.1\nnameservers x\n", ResolvConf.Merge("nameservers x\n", Request with { Dns = ["1.1.1.1"] }));

    [Fact]
    public void Of_NothingAsked_IsTheHostsFile() =>
        Assert.Equal(System.IO.File.Exists("/etc/resolv.conf") ? System.IO.File.ReadAllText("/etc/resolv.conf") : "", ResolvConf.Of(Request));
}
