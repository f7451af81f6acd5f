using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Containers.Syntax;

/// <summary>The expected values are those of docker 28's command line.</summary>
public sealed class SyntaxTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("42", 42)]
    [InlineData("42b", 42)]
    [InlineData("32k", 32768)]
    [InlineData("32 kb", 32768)]
    [InlineData("32KiB", 32768)]
    [InlineData("1.5g", 1610612736)]
    [InlineData("0.5m", 524288)]
    [InlineData("2T", 2199023255552)]
    [InlineData("1p", 1125899906842624)]
    [InlineData("1e3", 1000)]
    public void ByteSize_Sizes_CountIn1024s(string text, long expected) => Assert.Equal(expected, ByteSize.Parse(text));

    [Theory]
    [InlineData("", "invalid size: ''")]
    [InlineData("abc", "invalid size: 'abc'")]
    [InlineData("-1", "invalid size: '-1'")]
    [InlineData("5x", "invalid suffix: 'x'")]
    [InlineData("5kib2", "invalid size: '5kib2'")]
    [InlineData("5kbb", "invalid suffix: 'kbb'")]
    [InlineData("5bb", "invalid suffix: 'bb'")]
    [InlineData("5kiib", "invalid suffix: 'kiib'")]
    [InlineData("99999999p", "invalid size: '99999999p': it is too large")]
    public void ByteSize_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => ByteSize.Parse(text)).Message);

    [Theory]
    [InlineData("1.5", 1_500_000_000)]
    [InlineData("0.000000001", 1)]
    [InlineData("2", 2_000_000_000)]
    [InlineData("-1", -1_000_000_000)]
    public void CpuCount_Numbers_AreExact(string text, long expected) => Assert.Equal(expected, CpuCount.Parse(text));

    [Theory]
    [InlineData("abc", "failed to parse abc as a rational number")]
    [InlineData("", "failed to parse  as a rational number")]
    [InlineData("0.0000000001", "value is too precise")]
    [InlineData("99999999999", "99999999999 is out of range")]
    public void CpuCount_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => CpuCount.Parse(text)).Message);

    [Theory]
    [InlineData("nofile=1024:2048", "nofile", 1024, 2048)]
    [InlineData("nofile=1024", "nofile", 1024, 1024)]
    [InlineData("core=-1", "core", -1, -1)]
    [InlineData("core=5:-1", "core", 5, -1)]
    public void Ulimit_Limits_AreParsed(string text, string name, long soft, long hard) =>
        Assert.Equal(new Ulimit(name, soft, hard), UlimitSyntax.Parse(text));

    [Theory]
    [InlineData("foo", "invalid ulimit argument: foo")]
    [InlineData("foo=1", "invalid ulimit type: foo")]
    [InlineData("nofile=2:1", "ulimit soft limit must be less than or equal to hard limit: 2 > 1")]
    [InlineData("nofile=-1:1", "ulimit soft limit must be less than or equal to hard limit: -1 > 1")]
    [InlineData("nofile=1:2:3", "too many limit value arguments - 1:2:3, can only have up to two, 'soft[:hard]'")]
    [InlineData("nofile=x", "invalid ulimit value: 'x'")]
    [InlineData("nofile=-2", "invalid ulimit value: '-2'")]
    public void Ulimit_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => UlimitSyntax.Parse(text)).Message);

    [Theory]
    [InlineData("/dev/a", "/dev/a", "/dev/a", "rwm")]
    [InlineData("/dev/a:r", "/dev/a", "/dev/a", "r")]
    [InlineData("/dev/a:/dev/b", "/dev/a", "/dev/b", "rwm")]
    [InlineData("/dev/a:/dev/b:rw", "/dev/a", "/dev/b", "rw")]
    public void Device_Forms_AreParsed(string text, string host, string container, string permissions) =>
        Assert.Equal(new DeviceRequest(host, container, permissions), DeviceSyntax.Parse(text));

    [Theory]
    [InlineData("/dev/a:/x:q", "bad mode specified: q")]
    [InlineData("/dev/a:/x:rr", "bad mode specified: rr")]
    [InlineData("/dev/a:x", "x is not an absolute path")]
    [InlineData("a", "a is not an absolute path")]
    [InlineData("", "invalid device specification: ")]
    [InlineData("/a:/b:r:w", "invalid device specification: /a:/b:r:w")]
    public void Device_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => DeviceSyntax.Parse(text)).Message);

    [Fact]
    public void Device_CdiName_IsUnsupported() => Assert.Equal(
        ErrorKind.Unsupported, Assert.Throws<EngineException>(() => DeviceSyntax.Parse("nvidia.com/gpu=all")).Kind);

    [Theory]
    [InlineData("linux/amd64", "linux", "amd64", null)]
    [InlineData("x86_64", "linux", "amd64", null)]
    [InlineData("Linux/AARCH64/v8", "linux", "arm64", null)]
    [InlineData("linux/arm/v6", "linux", "arm", "v6")]
    [InlineData("linux/armhf", "linux", "arm", "v7")]
    [InlineData("linux/arm", "linux", "arm", "v7")]
    [InlineData("windows/i386", "windows", "386", null)]
    public void Platform_Names_AreNormalised(string text, string os, string architecture, string? variant) =>
        Assert.Equal(new Platform(os, architecture, variant), PlatformSyntax.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("linux/")]
    [InlineData("linux/amd64/v1/x")]
    [InlineData("linux/a b")]
    public void Platform_Garbage_IsRefused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<EngineException>(() => PlatformSyntax.Parse(text)).Kind);

    [Theory]
    [InlineData("9", 9)]
    [InlineData("KILL", 9)]
    [InlineData("SIGTERM", 15)]
    [InlineData("sigquit", 3)]
    [InlineData("RTMIN", 34)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("RTMAX-1", 63)]
    public void Signal_Names_AreNumbers(string text, int expected) => Assert.Equal(expected, SignalSyntax.Parse(text));

    [Theory]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("SIG")]
    [InlineData("FOO")]
    [InlineData("RTMIN-1")]
    [InlineData("RTMIN+99")]
    [InlineData("RTMIN+")]
    public void Signal_Garbage_IsRefused(string text) =>
        Assert.Equal($"invalid signal: {text}", Assert.Throws<EngineException>(() => SignalSyntax.Parse(text)).Message);

    [Theory]
    [InlineData("db:10.0.0.1", "db:10.0.0.1")]
    [InlineData("db=10.0.0.1", "db:10.0.0.1")]
    [InlineData("db:::1", "db:::1")]
    [InlineData("db:[::1]", "db:::1")]
    public void ExtraHost_Forms_AreOne(string text, string expected) => Assert.Equal(expected, ExtraHostSyntax.Parse(text));

    [Theory]
    [InlineData("foo", "bad format for add-host: \"foo\"")]
    [InlineData(":1.2.3.4", "bad format for add-host: \":1.2.3.4\"")]
    [InlineData("a:b", "invalid IP address in add-host: \"b\"")]
    [InlineData("a:1", "invalid IP address in add-host: \"1\"")]
    [InlineData("a:010.1.1.1", "invalid IP address in add-host: \"010.1.1.1\"")]
    [InlineData("a b:1.2.3.4", "bad format for add-host: \"a b:1.2.3.4\"")]
    public void ExtraHost_Garbage_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => ExtraHostSyntax.Parse(text)).Message);
}
