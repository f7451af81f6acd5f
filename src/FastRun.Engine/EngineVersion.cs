using System.Runtime.InteropServices;

namespace FastRun.Engine;

/// <summary>Which release this is, and what it was built for. The text itself is written by the build.</summary>
public static partial class EngineVersion
{
    /// <summary>The version of the Docker Engine API whose words and rules it follows.</summary>
    public const string DockerApi = "1.52";

    /// <summary>The oldest version of the Docker Engine API whose clients are at home with it.</summary>
    public const string OldestDockerApi = "1.24";

    /// <summary>The platform in Go's spelling, for example <c>linux/amd64</c>.</summary>
    public static string Platform => "linux/" + Architecture;

    /// <summary>The architecture in Go's spelling.</summary>
    public static string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        _ => "amd64",
    };
}
