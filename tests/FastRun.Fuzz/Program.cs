using System;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.Fuzz;
using FastRun.Fuzz.Targets;

// fuzz SECONDS SEED [TARGET...]      makes inputs for so long
// fuzz replay TARGET FILE            one input that was saved
FuzzTarget[] targets =
[
    new TarTarget(), new FrameTarget(), new StoredLayerTarget(), new DocumentTarget(), new ArchiveTarget(),
    new ReferenceTarget(), new LaunchRecordTarget(), new SeccompTarget(), new DnsTarget(), new ArchiveCompressionTarget(),
];

if (args is ["replay", string name, string file])
{
    FuzzTarget target = targets.Single(t => t.Name == name);
    Console.WriteLine(target.Run(File.ReadAllBytes(file)) ? "accepted" : "refused");
    return 0;
}

int seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20;
int seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Random.Shared.Next();
FuzzTarget[] chosen = [.. targets.Where(target => args.Length <= 2 || args[2..].Contains(target.Name))];
return new FuzzRun(chosen, seed, TimeSpan.FromSeconds(seconds)).Execute() ? 0 : 1;
