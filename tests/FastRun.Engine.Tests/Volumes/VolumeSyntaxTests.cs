using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Volumes;

namespace FastRun.Engine.Tests.Volumes;

public sealed class VolumeSyntaxTests
{
    private static MountRequest Bind(string source, string target) =>
        new() { Kind = MountKind.Bind, Source = source, Target = target, CreateSource = true, Written = "" };

    private static MountRequest Volume(string? name, string target) =>
        new() { Kind = MountKind.Volume, Source = name, Target = target, Written = "" };

    [Fact]
    public void Parse_PathAndTarget_IsABindThatMakesItsSource() => Assert.Equal(Bind("/a", "/b"), VolumeSyntax.Parse("/a:/b"));

    [Fact]
    public void Parse_NameAndTarget_IsAVolume() => Assert.Equal(Volume("cache", "/b"), VolumeSyntax.Parse("cache:/b"));

    [Fact]
    public void Parse_TargetAlone_IsAnAnonymousVolume() => Assert.Equal(Volume(null, "/b"), VolumeSyntax.Parse("/b"));

    [Fact]
    public void Parse_Options_AreRead()
    {
        Assert.Equal(Bind("/a", "/b") with { ReadOnly = true, Written = "ro" }, VolumeSyntax.Parse("/a:/b:ro"));
        Assert.Equal(Bind("/a", "/b") with { Written = "rw,cached" }, VolumeSyntax.Parse("/a:/b:rw,cached"));
        Assert.Equal(
            Bind("/a", "/b") with { ReadOnly = true, Propagation = MountPropagation.RSlave, Relabel = true, Written = "rslave,ro,z" },
            VolumeSyntax.Parse("/a:/b:rslave,ro,z"));
        Assert.Equal(Volume("v", "/b") with { NoCopy = true, Written = "nocopy" }, VolumeSyntax.Parse("v:/b:nocopy"));
    }

    [Theory]
    [InlineData("a:b:c:d", "invalid volume specification: 'a:b:c:d'")]
    [InlineData(":/x", "invalid spec: :/x: empty section between colons")]
    [InlineData("", "invalid spec: : empty section between colons")]
    [InlineData("/a:ro", "invalid volume specification: '/a:ro'")]
    [InlineData("/a:/b:foo", "invalid mode: foo")]
    [InlineData("/a:/b:ro,rw", "invalid mode: ro,rw")]
    [InlineData("/a:/b:nocopy", "invalid mode: nocopy")]
    [InlineData("v:/b:rshared", "invalid mode: rshared")]
    [InlineData("/a:/b:shared,slave", "invalid mode: shared,slave")]
    [InlineData("/a:/b:z,Z", "invalid mode: z,Z")]
    public void Parse_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => VolumeSyntax.Parse(text)).Message);

    [Fact]
    public void MountParse_AllForms_AreRead()
    {
        Assert.Equal(
            new MountRequest { Kind = MountKind.Bind, Source = "/a", Target = "/b", ReadOnly = true, NonRecursive = true, Propagation = MountPropagation.RSlave },
            MountSyntax.Parse("type=bind,src=/a,dst=/b,readonly,bind-recursive=disabled,bind-propagation=rslave"));
        Assert.Equal(
            new MountRequest { Kind = MountKind.Volume, Source = "v", Target = "/b", NoCopy = true },
            MountSyntax.Parse("source=v,destination=/b,volume-nocopy=true,ro=false"));
        Assert.Equal(
            new MountRequest { Kind = MountKind.Tmpfs, Target = "/t", TmpfsSizeBytes = 1 << 20, TmpfsMode = 0x3FF },
            MountSyntax.Parse("type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1777"));
        Assert.Equal("/a,b", MountSyntax.Parse("type=bind,\"src=/a,b\",dst=/c").Source);
        Assert.Equal("/a\"b", MountSyntax.Parse("\"src=/a\"\"b\",type=bind,dst=/c").Source);
    }

    [Fact]
    public void MountParse_KeysOfVolumesAndBinds_AreRead()
    {
        MountRequest mount = MountSyntax.Parse(
            "source=v,dst=/b,volume-driver=local,volume-opt=type=none,\"volume-opt=o=bind,ro\",volume-label=a=b,volume-label=c,volume-subpath=x/y");
        Assert.Equal(new Dictionary<string, string> { ["type"] = "none", ["o"] = "bind,ro" }, mount.VolumeOptions);
        Assert.Equal(new Dictionary<string, string> { ["a"] = "b", ["c"] = "" }, mount.VolumeLabels);
        Assert.Equal("x/y", mount.Subpath);
        Assert.True(MountSyntax.Parse("type=bind,src=/a,dst=/b,ro,bind-recursive=writable").WritableSubmounts);
        MountRequest plain = MountSyntax.Parse("type=bind,src=/a,dst=/b,ro,bind-recursive=readonly,bind-propagation=rprivate");
        Assert.Equal((false, false), (plain.WritableSubmounts, plain.NonRecursive));
        Assert.Equal(Bind("/a", "/b") with { CreateSource = false, Written = null }, MountSyntax.Parse("type=bind,src=/a,dst=/b,consistency=delegated"));
    }

    [Theory]
    [InlineData("web", "web", null)]
    [InlineData("web:ro", "web", true)]
    [InlineData("web:rw", "web", false)]
    [InlineData("web:z", "web", null)]
    public void VolumesFrom_Forms_AreRead(string text, string name, bool? readOnly) =>
        Assert.Equal((name, readOnly), InheritedVolumes.Parse(text));

    [Theory]
    [InlineData("", "invalid volume specification: ''")]
    [InlineData(":ro", "invalid volume specification: ':ro'")]
    [InlineData("web:nocopy", "invalid mode: nocopy")]
    [InlineData("web:", "invalid mode: ")]
    public void VolumesFrom_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => InheritedVolumes.Parse(text)).Message);

    [Theory]
    [InlineData("type=bind,src=/a,dst=/b,bind-recursive=writable", "option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction")]
    [InlineData("type=bind,src=/a,dst=/b,bind-recursive=readonly", "option 'bind-recursive=readonly' requires 'readonly' to be specified in conjunction")]
    [InlineData("type=bind,src=/a,dst=/b,ro,bind-recursive=readonly", "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction")]
    [InlineData("type=bind,src=/a,dst=/b,bind-recursive=x", "invalid value for bind-recursive: x (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")")]
    [InlineData("src=v,dst=/b,volume-driver=nfs", "error looking up volume plugin nfs: plugin \"nfs\" not found")]
    [InlineData("type=bind,src=/a,dst=/b,volume-opt=a=b", "cannot mix 'volume-*' options with mount type 'bind'")]
    [InlineData("type=bind,src=/a", "target is required")]
    [InlineData("source=a", "target is required")]
    [InlineData("type=bind,src=/a,dst=/b,foo=1", "unexpected key 'foo' in 'foo=1'")]
    [InlineData("type=bind,src=/a,dst=/b,foo", "invalid field 'foo' must be a key=value pair")]
    [InlineData("type=tmpfs,dst=/b,bind-propagation=rslave", "cannot mix 'bind-*' options with mount type 'tmpfs'")]
    [InlineData("type=bind,src=/a,dst=/b,ro=xx", "invalid value for ro: xx")]
    [InlineData("type=tmpfs,dst=/b,tmpfs-mode=9", "invalid value for tmpfs-mode: 9")]
    [InlineData("type=tmpfs,dst=/b,tmpfs-mode=77777", "invalid value for tmpfs-mode: 77777")]
    [InlineData("type=tmpfs,dst=/b,tmpfs-size=a", "invalid value for tmpfs-size: a")]
    [InlineData("type=tmpfs,src=/a,dst=/b", "field Source must not be specified")]
    [InlineData("type=bind,dst=/b", "field Source must not be empty")]
    [InlineData("type=foo,target=/x", "mount type unknown: 'foo'")]
    [InlineData("\"src=/a", "parse error: a quote in '\"src=/a' is not closed, or text follows it")]
    [InlineData("src=/a,dst=/b,", "invalid field '' must be a key=value pair")]
    public void MountParse_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => MountSyntax.Parse(text)).Message);

    [Fact]
    public void TmpfsParse_Options_AreRead()
    {
        Assert.Equal(new MountRequest { Kind = MountKind.Tmpfs, Target = "/t", Written = "" }, TmpfsSyntax.Parse("/t"));
        Assert.Equal(
            new MountRequest
            {
                Kind = MountKind.Tmpfs, Target = "/t", TmpfsSizeBytes = 65536, TmpfsMode = 0x1C0, ReadOnly = true, TmpfsOptions = "exec,uid=5",
                Written = "ro,size=64k,exec,mode=0700,uid=5",
            },
            TmpfsSyntax.Parse("/t:ro,size=64k,exec,mode=0700,uid=5"));
        Assert.Equal("size=50%", TmpfsSyntax.Parse("/t:size=50%").TmpfsOptions);
    }

    [Theory]
    [InlineData("/t:foo", "invalid tmpfs option [\"foo\"]")]
    [InlineData("/t:uid=x", "invalid tmpfs option [\"uid=x\"]")]
    [InlineData("/t:mode=9", "invalid tmpfs option [\"mode=9\"]")]
    [InlineData("/t:exec=1", "invalid tmpfs option [\"exec=1\"]")]
    [InlineData(":ro", "invalid tmpfs specification: ':ro'")]
    public void TmpfsParse_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => TmpfsSyntax.Parse(text)).Message);
}
