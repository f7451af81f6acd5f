using System.Collections.Generic;

namespace FastRun.Cli.Output.Templates;

/// <summary>Nodes in a row; variables declared in it end with it.</summary>
internal sealed class BlockNode(List<Node> nodes) : Node
{
    internal override void Run(Scope scope)
    {
        int mark = scope.Mark;
        foreach (Node node in nodes)
        {
            node.Run(scope);
        }

        scope.Release(mark);
    }
}
