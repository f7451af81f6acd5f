namespace FastRun.Cli.Output.Templates;

/// <summary><c>{{pipeline}}</c>.</summary>
internal sealed class PrintNode(Expression value) : Node
{
    internal override void Run(Scope scope)
    {
        var result = value.Evaluate(scope);
        if (value is not AssignExpression)
        {
            scope.Output.Append(TemplateValue.Print(result));
        }
    }
}
