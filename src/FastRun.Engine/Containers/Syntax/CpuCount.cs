using System.Globalization;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>Numbers of CPUs as <c>--cpus</c> takes them, kept exactly in billionths (Docker's NanoCpus).</summary>
public static class CpuCount
{
    private const decimal Billion = 1_000_000_000m;

    /// <summary>Returns the number of billionths of a CPU.</summary>
    /// <exception cref="EngineException">It is not a number, or needs more than nine decimals.</exception>
    public static long Parse(string text)
    {
        const NumberStyles Style =
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign;
        if (!decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out decimal cpus))
        {
            throw EngineException.Invalid($"failed to parse {text} as a rational number");
        }

        if (decimal.Abs(cpus) > long.MaxValue / Billion)
        {
            throw EngineException.Invalid($"{text} is out of range");
        }

        decimal billionths = cpus * Billion;
        return decimal.IsInteger(billionths) ? (long)billionths : throw EngineException.Invalid("value is too precise");
    }
}
