using System;
using System.IO;
using System.Linq;
using FastRun.Engine.Build.Cache.Exchange;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Tests.Build.Cache.Exchange;

public sealed class CacheLocationSyntaxTests
{
    [Fact]
    public void Parse_ReferencesAlone_AreRegistries() => Assert.Equal(
        ["registry docker.io/library/app:latest", "registry example.test:5000/a/b:c"],
        CacheLocationSyntax.ParseSource("app,example.test:5000/a/b:c").Select(static location => location.Name));

    [Fact]
    public void Parse_AllFields()
    {
        CacheLocation location = CacheLocationSyntax.ParseTarget(
            "type=registry,ref=example.test/a:b,mode=max,compression=zstd,compression-level=19,force-compression=true,image-manifest=true,oci-mediatypes=1,ignore-error=true,timeout=1m30s,mounts=/root/.cache,mounts=npm").Single();
        Assert.Equal(CacheKind.Registry, location.Kind);
        Assert.Equal("example.test/a:b", location.Place);
        Assert.True(location.All);
        Assert.True(location.ForceCompression);
        Assert.Equal("zstd:19", location.Compression.ToString());
        Assert.Equal(TimeSpan.FromSeconds(90), location.Timeout);
        Assert.Equal(["/root/.cache", "npm"], location.Mounts);
    }

    [Fact]
    public void Parse_Directories_AreAbsolute()
    {
        Assert.Equal(Path.GetFullPath("x/y"), CacheLocationSyntax.ParseSource("type=local,src=x/./y").Single().Place);
        Assert.False(CacheLocationSyntax.ParseTarget("type=local,dest=/x").Single().All);
        Assert.Equal("local /x", CacheLocationSyntax.ParseTarget("type=local,dest=/x").Single().Name);
    }

    [Theory]
    [InlineData("type=")]
    [InlineData("ref=x")]
    [InlineData("=x")]
    [InlineData("type=registry,ref=x,ref=y")]
    [InlineData("type=registry,ref=x,mounts=")]
    [InlineData("type=registry,ref=x,force-compression=perhaps")]
    [InlineData("type=registry,ref=x,compression-level=10")]
    [InlineData("type=registry,ref=x,timeout=0s")]
    [InlineData("type=registry,ref=x,unknown=1")]
    [InlineData("type=local,dest=")]
    [InlineData("type=local,dest=a\nb")]
    [InlineData("")]
    public void Parse_WhatIsNone_Fails(string text) => Assert.Throws<EngineException>(() => CacheLocationSyntax.ParseTarget(text));
}
