using System;
using System.Collections.Generic;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Calls;

/// <summary>Answers what is asked of a Dockerfile without building it.</summary>
internal static class AnswerCall
{
    /// <summary>Answers.</summary>
    /// <param name="session">The build.</param>
    /// <param name="document">The Dockerfile.</param>
    /// <param name="file">The same as text.</param>
    /// <exception cref="EngineException">There is no such target.</exception>
    /// <exception cref="DockerfileException">A global ARG is wrong.</exception>
    internal static CallAnswer Run(BuildSession session, DockerfileDocument document, DockerfileText file)
    {
        switch (session.Request.Call)
        {
            case BuildCall.Targets:
                return TargetsAnswer.Of(document, file);
            case BuildCall.Outline:
                BuildGraph graph = new(session, document, session.Targets[0]);
                return OutlineAnswer.Of(new BuildOutline(document, graph.Arguments, graph.Target.Stage), file);
            case BuildCall.Check:
                BuildChecks checks = new(session, document, file);
                IReadOnlyList<CheckWarning> found = checks.Find(new BuildGraph(session, document, session.Targets[0]));
                return CheckAnswer.Of(found, file, checks.Fault(found));
            default:
                throw new InvalidOperationException();
        }
    }
}
