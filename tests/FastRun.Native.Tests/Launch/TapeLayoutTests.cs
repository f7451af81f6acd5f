using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using FastRun.Native.Launch;
using FastRun.Native.Tests.Interop;

namespace FastRun.Native.Tests.Launch;

/// <summary>The parent writes what the C loop of launch.c reads: both must see the same structures.</summary>
public sealed class TapeLayoutTests
{
    [Fact]
    public void OpAndTape_HaveTheLayoutOfLaunchC()
    {
        (string Name, string Expression, long Value)[] facts =
        [
            ("op", "sizeof(struct op)", Marshal.SizeOf<LaunchOp>()),
            Op("nr", nameof(LaunchOp.Number)),
            Op("args", nameof(LaunchOp.Arguments)),
            Op("slot_args", nameof(LaunchOp.SlotArguments)),
            Op("result", nameof(LaunchOp.Result)),
            Op("tolerated[0]", nameof(LaunchOp.Tolerated)),
            Op("tolerated[1]", nameof(LaunchOp.AlsoTolerated)),
            ("tape", "sizeof(struct tape)", Marshal.SizeOf<TapeHeader>()),
            Tape("ops", nameof(TapeHeader.Ops)),
            Tape("count", nameof(TapeHeader.Count)),
            Tape("slots", nameof(TapeHeader.Slots)),
            Tape("position", nameof(TapeHeader.Position)),
            Tape("error", nameof(TapeHeader.Error)),
        ];

        Dictionary<string, long> expected = CProgram.Evaluate(
            LaunchSource(), facts.Select(fact => (fact.Name, fact.Expression)));

        Assert.Equal([], facts.Where(fact => expected[fact.Name] != fact.Value).Select(fact => fact.Name));
    }

    private static (string Name, string Expression, long Value) Op(string member, string field) =>
        ("op." + member, $"offsetof(struct op, {member})", Marshal.OffsetOf<LaunchOp>(field));

    private static (string Name, string Expression, long Value) Tape(string member, string field) =>
        ("tape." + member, $"offsetof(struct tape, {member})", Marshal.OffsetOf<TapeHeader>(field));

    private static string LaunchSource()
    {
        const string Relative = "src/FastRun.Native/Launch/launch.c";
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, Relative);
            if (File.Exists(candidate))
            {
                return File.ReadAllText(candidate);
            }
        }

        throw new FileNotFoundException(Relative);
    }
}
