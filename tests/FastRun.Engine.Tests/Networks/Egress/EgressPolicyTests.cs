using System;
using System.IO;
using System.Linq;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Egress;

namespace FastRun.Engine.Tests.Networks.Egress;

public sealed class EgressPolicyTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Read_NoneAndAll_AreNoFiles()
    {
        Assert.Equal([], EgressPolicy.Read("none")!);
        Assert.Null(EgressPolicy.Read("all"));
    }

    [Fact]
    public void Read_File_HasARuleALine_AndComments()
    {
        File.WriteAllText(_file, "\uFEFF# what the build needs\r\n\r\n  10.0.0.0/8 # the company\r\nExample.org:443/tcp\n");
        Assert.Equal(["10.0.0.0/8", "example.org:443/tcp"], EgressPolicy.Read(_file)!);
    }

    [Fact]
    public void Read_LineThatIsNoRule_IsNamedByItsNumber()
    {
        File.WriteAllText(_file, "10.0.0.0/8\n\n10.0.0.1/8\n");
        EngineException failure = Assert.Throws<EngineException>(() => EgressPolicy.Read(_file));
        Assert.Contains("line 3: egress rule '10.0.0.1/8': it should be 10.0.0.0/8", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileThatIsNotThere_SaysWhatIsTaken() =>
        Assert.Contains("none, all, or a file", Assert.Throws<EngineException>(() => EgressPolicy.Read(_file + ".not")).Hint, StringComparison.Ordinal);

    [Fact]
    public void Read_TooManyRules_IsAnError()
    {
        File.WriteAllLines(_file, Enumerable.Range(0, EgressPolicy.MostRules).Select(static i => $"10.0.{i / 256}.{i % 256}"));
        Assert.Equal(EgressPolicy.MostRules, EgressPolicy.Read(_file)!.Count);
        File.AppendAllText(_file, "10.9.9.9\n");
        Assert.Throws<EngineException>(() => EgressPolicy.Read(_file));
    }
}
