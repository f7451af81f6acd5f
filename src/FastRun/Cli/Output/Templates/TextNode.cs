namespace FastRun.Cli.Output.Templates;

/// <summary>Text between actions.</summary>
internal sealed class TextNode(string text) : Node
{
    internal override void Run(Scope scope) => scope.Output.Append(text);
}
