using System;

namespace FastRun.Fuzz;

/// <summary>One parser or writer that reads what strangers wrote.</summary>
internal abstract class FuzzTarget
{
    /// <summary>What it is called on the command line and in the corpus.</summary>
    internal abstract string Name { get; }

    /// <summary>Makes an input; the same one for the same random numbers.</summary>
    internal abstract byte[] Generate(Random random);

    /// <summary>Feeds an input. What the target documents to throw is caught here; anything else is a fault.</summary>
    /// <returns>Whether the input was accepted.</returns>
    /// <exception cref="FuzzFailureException">The input was accepted with a wrong result, or did harm.</exception>
    internal abstract bool Run(byte[] input);

    /// <summary>Refusals must be one line of bearable length that nothing in the input can dress up.</summary>
    protected static void CheckMessage(Exception refusal)
    {
        foreach (char c in refusal.Message)
        {
            if (char.IsControl(c))
            {
                throw new FuzzFailureException($"a message has the control character {(int)c:x2}: {refusal.Message}");
            }
        }

        if (refusal.Message.Length > 2000)
        {
            throw new FuzzFailureException($"a message has {refusal.Message.Length} characters");
        }
    }

    protected static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new FuzzFailureException(what);
        }
    }
}
