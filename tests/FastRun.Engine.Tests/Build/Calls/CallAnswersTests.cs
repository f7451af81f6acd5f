using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.Engine.Build;
using FastRun.Engine.Build.Calls;
using FastRun.Engine.Build.Checks;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Graph;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Tests.Build.Calls;

/// <summary>The answers are those of <c>docker build --call</c> of Docker 28.5, but for the definition of the Dockerfile's source in a check's JSON.</summary>
public sealed class CallAnswersTests
{
    private const string Stages =
        "# x y\n\n# base is\n\nFROM known AS Base\n# base x\n#\nFROM known AS base\nFROM --platform=$BUILDPLATFORM base\n# one\n# last it\n# one\nFROM scratch as last";

    private const string Needs =
        """
        # V the version
        ARG V=1
        ARG W=$V-w U

        # base the base
        # of all
        FROM known AS base
        ARG V
        # X1 is x
        ARG X1=$V X2=$W X3
        RUN --mount=type=secret,id=tok,required --mount=type=ssh true
        RUN --mount=type=secret,target=/a/b --mount=type=ssh,id=k,required=true --mount=type=cache,target=/c true
        # out what comes out
        FROM known:$U AS out
        ARG TARGETARCH
        ARG PATH
        COPY --from=base / /
        FROM known:${W:-latest} AS other
        """;

    [Fact]
    public void Targets_AreTheStages()
    {
        (DockerfileDocument document, DockerfileText file) = Parse(Stages);
        CallAnswer answer = TargetsAnswer.Of(document, file);

        Assert.Equal("TARGET         DESCRIPTION\nbase           is\nbase           \n               \nlast (default) it\n", answer.Text);
        JsonNode expected = JsonNode.Parse(
            """
            {"targets": [
              {"name": "base", "description": "is", "base": "known", "location": {"ranges": [{"start": {"line": 5}, "end": {"line": 5}}]}},
              {"name": "base", "base": "known", "location": {"ranges": [{"start": {"line": 8}, "end": {"line": 8}}]}},
              {"base": "base", "platform": "$BUILDPLATFORM", "location": {"ranges": [{"start": {"line": 9}, "end": {"line": 9}}]}},
              {"name": "last", "default": true, "description": "it", "base": "scratch", "location": {"ranges": [{"start": {"line": 13}, "end": {"line": 13}}]}}]}
            """)!;
        expected["sources"] = new JsonArray(Convert.ToBase64String(Encoding.UTF8.GetBytes(Stages)));
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(answer.Json)), answer.Json);
        Assert.StartsWith("{\n  \"targets\": [\n    {\n      \"name\": \"base\",", answer.Json, StringComparison.Ordinal);
        Assert.EndsWith("(default) \n", TargetsAnswer.Of(Parse("FROM a").Document, file).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Outline_OfATarget_IsWhatItAndItsStagesTake()
    {
        CallAnswer answer = Outline(Needs, "out", new() { ["X2"] = "given", ["U"] = "latest" });

        Assert.Equal(
            """
            TARGET:      out
            DESCRIPTION: what comes out

            BUILD ARG   VALUE    DESCRIPTION
            V           1        the version
            U           latest   
            X1          1        is x
            X2          given    
            X3                   
            PATH                 

            SECRET   REQUIRED
            tok      true
            b        

            SSH       REQUIRED
            default   
            k         true


            """,
            answer.Text);
        Assert.Equal(["V", "W"], from argument in JsonNode.Parse(Outline(Needs, "other", []).Json)!["args"]!.AsArray() select argument!["name"]!.GetValue<string>());
    }

    [Fact]
    public void Outline_AsJson_HasPlacesAndLeavesOutWhatIsEmpty()
    {
        JsonNode json = JsonNode.Parse(Outline(Needs, "base", new() { ["X2"] = "given" }).Json)!;

        JsonNode expected = JsonNode.Parse(
            """
            {"name": "base", "description": "the base",
             "args": [
              {"name": "V", "description": "the version", "value": "1", "location": {"ranges": [{"start": {"line": 2}, "end": {"line": 2}}]}},
              {"name": "X1", "description": "is x", "value": "1", "location": {"ranges": [{"start": {"line": 10}, "end": {"line": 10}}]}},
              {"name": "X2", "value": "given", "location": {"ranges": [{"start": {"line": 10}, "end": {"line": 10}}]}},
              {"name": "X3", "location": {"ranges": [{"start": {"line": 10}, "end": {"line": 10}}]}}],
             "secrets": [
              {"name": "tok", "required": true, "location": {"ranges": [{"start": {"line": 11}, "end": {"line": 11}}]}},
              {"name": "b", "location": {"ranges": [{"start": {"line": 12}, "end": {"line": 12}}]}}],
             "ssh": [
              {"name": "default", "location": {"ranges": [{"start": {"line": 11}, "end": {"line": 11}}]}},
              {"name": "k", "required": true, "location": {"ranges": [{"start": {"line": 12}, "end": {"line": 12}}]}}]}
            """)!;
        expected["sources"] = new JsonArray(Convert.ToBase64String(Encoding.UTF8.GetBytes(Needs)));
        Assert.True(JsonNode.DeepEquals(expected, json), json.ToJsonString());
        CallAnswer empty = Outline("FROM known", null, []);
        Assert.Equal(("", "{\n  \"sources\": [\n    \"RlJPTSBrbm93bg==\"\n  ]\n}"), (empty.Text, empty.Json));
    }

    [Fact]
    public void Check_Warnings_AreInTheOrderOfLines()
    {
        const string text = "FROM known AS b\nMAINTAINER x \\\n\n y\nFROM known AS c\nCMD x";
        CallAnswer answer = Check(text);

        Assert.Equal("Check complete, 3 warnings have been found!\n", answer.Head);
        Assert.Equal(
            """

            WARNING: MaintainerDeprecated - https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/
            Maintainer instruction is deprecated in favor of using label
            Dockerfile:2
            --------------------
               1 |     FROM known AS b
               2 | >>> MAINTAINER x \
               3 | >>> 
               4 | >>>  y
               5 |     FROM known AS c
            --------------------

            WARNING: NoEmptyContinuation - https://docs.docker.com/go/dockerfile/rule/no-empty-continuation/
            Empty continuation line
            Dockerfile:4
            --------------------
               2 |     MAINTAINER x \
               3 |     
               4 | >>>  y
               5 |     FROM known AS c
               6 |     CMD x
            --------------------

            WARNING: JSONArgsRecommended - https://docs.docker.com/go/dockerfile/rule/json-args-recommended/
            JSON arguments recommended for CMD to prevent unintended behavior related to OS signals
            Dockerfile:6
            --------------------
               4 |      y
               5 |     FROM known AS c
               6 | >>> CMD x
            --------------------

            """,
            answer.Text);
        Assert.Equal((1, null), (answer.Status, answer.Fault));
    }

    [Fact]
    public void Check_AsJson_HasTheRuleAndTheSource()
    {
        const string text = "# check=error=true\nFROM known AS B\n";
        CallAnswer answer = Check(text, "lint violation found for rules: StageNameCasing");

        JsonNode expected = JsonNode.Parse(
            """
            {"warnings": [{"ruleName": "StageNameCasing", "description": "Stage names should be lowercase", "url": "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",
              "detail": "Stage name 'B' should be lowercase", "location": {"ranges": [{"start": {"line": 2}, "end": {"line": 2}}]}}],
             "sources": [{"filename": "Dockerfile", "data": "IyBjaGVjaz1lcnJvcj10cnVlCkZST00ga25vd24gQVMgQgo=", "language": "Dockerfile"}],
             "buildError": {"message": "lint violation found for rules: StageNameCasing", "location": {}}}
            """)!;
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(answer.Json)), answer.Json);
        Assert.Equal("Check complete, 1 warning has been found!\n", answer.Head);
        Assert.Equal(("Check complete, no warnings found.\n", "", 0), (Check("FROM known").Head, Check("FROM known").Text, Check("FROM known").Status));
    }

    private static CallAnswer Check(string text, string? fault = null)
    {
        (DockerfileDocument document, DockerfileText file) = Parse(text);
        return CheckAnswer.Of(DockerfileChecks.Run(document, CheckSettings.Parse(null), new CheckOptions { AllStages = true }), file, fault);
    }

    private static CallAnswer Outline(string text, string? target, Dictionary<string, string> given)
    {
        (DockerfileDocument document, DockerfileText file) = Parse(text);
        BuildStage stage = target is null ? document.Stages[^1] : document.StageOf(target, document.Stages.Count)!;
        return OutlineAnswer.Of(new BuildOutline(document, new BuildArguments(document, given, Platform.Host, target), stage), file);
    }

    private static (DockerfileDocument Document, DockerfileText File) Parse(string text)
    {
        DockerfileText file = new();
        file.Read("Dockerfile", Encoding.UTF8.GetBytes(text));
        return (DockerfileParser.Parse(text), file);
    }
}
