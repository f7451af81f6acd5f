namespace FastRun.Cli.Output.Templates;

/// <summary>A piece of a template.</summary>
internal abstract class Node
{
    internal abstract void Run(Scope scope);
}
