using System;
using System.Buffers;
using System.Globalization;

namespace FastRun.DockerApi;

/// <summary>A version of the Docker Engine API, <c>1.NN</c>.</summary>
/// <param name="Minor">What is behind the dot.</param>
internal readonly record struct ApiVersion(int Minor) : IComparable<ApiVersion>
{
    private static readonly SearchValues<char> s_digitsAndDots = SearchValues.Create("0123456789.");

    /// <summary>The newest that is served, and the one of requests that name none.</summary>
    internal static ApiVersion Newest { get; } = new(52);

    /// <summary>
    /// The oldest that is answered, in the shapes of the oldest that is promised (<see cref="Engine.EngineVersion.OldestDockerApi"/>): skopeo and
    /// buildah of before 2024 ask with 1.22, Compose 1 with 1.21 for its first format, and neither asks what there is.
    /// </summary>
    internal static ApiVersion Oldest { get; } = new(21);

    public static bool operator <(ApiVersion left, ApiVersion right) => left.Minor < right.Minor;

    public static bool operator >(ApiVersion left, ApiVersion right) => left.Minor > right.Minor;

    public static bool operator <=(ApiVersion left, ApiVersion right) => left.Minor <= right.Minor;

    public static bool operator >=(ApiVersion left, ApiVersion right) => left.Minor >= right.Minor;

    /// <summary>
    /// Reads the first part of a path, <c>v1.NN</c>; null where it is none. Whatever else is a <c>v</c> with digits and dots is a version, too:
    /// one that is too old, or too new, to be served.
    /// </summary>
    internal static ApiVersion? TryParse(string segment)
    {
        if (segment is not ['v', >= '0' and <= '9', ..] || segment.AsSpan(1).ContainsAnyExcept(s_digitsAndDots))
        {
            return null;
        }

        string[] numbers = segment[1..].Split('.');
        return new ApiVersion(
            !int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) || major > 1 ? int.MaxValue
            : major == 1 && numbers.Length > 1 && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor) ? minor
            : 0);
    }

    public int CompareTo(ApiVersion other) => Minor.CompareTo(other.Minor);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"1.{Minor}");
}
