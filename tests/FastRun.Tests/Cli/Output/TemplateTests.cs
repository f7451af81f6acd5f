using System.Text.Json.Nodes;
using FastRun.Cli.Output.Templates;

namespace FastRun.Tests.Cli.Output;

/// <summary>The expected texts are those of Go's text/template with Docker's functions.</summary>
public sealed class TemplateTests
{
    private static readonly JsonNode s_data = JsonNode.Parse(
        """
        {
          "Id": "sha256:abc", "Size": 4268000, "Ratio": 1.5, "Ok": true, "Nothing": null, "Empty": [],
          "Config": { "Env": ["A=1", "B=2"], "Labels": { "z": "last", "a": "first" }, "User": "" },
          "Layers": [ { "Name": "one" }, { "Name": "two" } ],
          "Html": "<a href='x'>&\"</a>"
        }
        """)!;

    [Theory]
    [InlineData("{{.ID}} {{.Config.User}}", "sha256:abc ")]
    [InlineData("{{.Config.Labels.b}} {{.Config.Labels.z}}", "<no value> last")]
    public void Execute_OfAStructWithMaps_TakesGosNamesAndMissingKeys(string template, string expected) =>
        Assert.Equal(expected, Template.Parse(template).Execute(s_data, lenient: true));

    [Fact]
    public void Execute_OfAStructWithMaps_RefusesAFieldThatThereIsNot() =>
        Assert.Throws<TemplateException>(() => Template.Parse("{{.Nobody}}").Execute(s_data, lenient: true));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{.Id}}", "sha256:abc")]
    [InlineData("a{{ .Size }}b", "a4268000b")]
    [InlineData("{{.Ratio}} {{.Ok}}", "1.5 true")]
    [InlineData("{{.Config.Env}}", "[A=1 B=2]")]
    [InlineData("{{.Config.Labels}}", "map[a:first z:last]")]
    [InlineData("{{.Nothing}}", "<no value>")]
    [InlineData("{{json .Config.Env}}", "[\"A=1\",\"B=2\"]")]
    [InlineData("{{json .Html}}", "\"<a href='x'>&\\\"</a>\"")]
    [InlineData("{{json .Nothing}}", "null")]
    [InlineData("{{.Config.Env | json}}", "[\"A=1\",\"B=2\"]")]
    [InlineData("{{index .Config.Env 1}}", "B=2")]
    [InlineData("{{index .Config.Labels \"z\"}}", "last")]
    [InlineData("{{(index .Layers 1).Name}}", "two")]
    [InlineData("{{len .Config.Env}} {{len .Id}}", "2 10")]
    [InlineData("{{join .Config.Env \", \"}}", "A=1, B=2")]
    [InlineData("{{upper .Id}} {{lower \"ABC\"}} {{title \"ab cd\"}}", "SHA256:ABC abc Ab Cd")]
    [InlineData("{{index (split .Id \":\") 1}}", "abc")]
    [InlineData("{{truncate .Id 6}}", "sha256")]
    [InlineData("{{pad .Id 1 2}}|", " sha256:abc  |")]
    [InlineData("{{slice .Id 7}}", "abc")]
    [InlineData("{{println .Id 1}}x", "sha256:abc 1\nx")]
    [InlineData("{{print 1 2 \"a\" 3}}", "1 2a3")]
    [InlineData("{{printf \"%s|%5d|%-5v|%q|%.2f|%%\" .Id .Ok 7 \"x\" .Ratio}}", "sha256:abc|%!d(bool=true)|7    |\"x\"|1.50|%")]
    [InlineData("{{range .Config.Env}}{{.}};{{end}}", "A=1;B=2;")]
    [InlineData("{{range $i, $e := .Config.Env}}{{$i}}={{$e}} {{end}}", "0=A=1 1=B=2 ")]
    [InlineData("{{range $k, $v := .Config.Labels}}{{$k}}:{{$v}},{{end}}", "a:first,z:last,")]
    [InlineData("{{range .Empty}}x{{else}}none{{end}}", "none")]
    [InlineData("{{range .Nothing}}x{{end}}", "")]
    [InlineData("{{range .Layers}}{{.Name}} of {{$.Id}} {{end}}", "one of sha256:abc two of sha256:abc ")]
    [InlineData("{{if .Ok}}y{{else}}n{{end}}", "y")]
    [InlineData("{{if .Config.User}}y{{else if .Empty}}e{{else}}n{{end}}", "n")]
    [InlineData("{{if and .Ok (eq .Id \"sha256:abc\")}}y{{end}}", "y")]
    [InlineData("{{if or .Config.User (not .Ok)}}y{{else}}n{{end}}", "n")]
    [InlineData("{{if gt .Size 1000}}big{{end}} {{le 1 1}} {{ne 1 2}} {{lt \"a\" \"b\"}}", "big true true true")]
    [InlineData("{{eq .Size 1 4268000}}", "true")]
    [InlineData("{{with .Config}}{{.Env}}{{end}}", "[A=1 B=2]")]
    [InlineData("{{with .Config.User}}x{{else}}no user{{end}}", "no user")]
    [InlineData("{{$x := .Id}}{{$x}}{{$x = 5}}{{$x}}", "sha256:abc5")]
    [InlineData("{{/* nothing */}}a{{- /* nothing */ -}} b", "ab")]
    [InlineData("a  {{- 1 -}}  b", "a1b")]
    [InlineData("{{`raw\\n`}}{{\"\\t\\u0041\"}}", "raw\\n\tA")]
    [InlineData("{{.}}", null)]
    public void Execute_GoTemplates_PrintWhatGoPrints(string template, string? expected)
    {
        string actual = Template.Parse(template).Execute(s_data);

        Assert.Equal(expected ?? actual, actual);
    }

    [Theory]
    [InlineData("{{", "template parsing error: template: :1: unclosed action")]
    [InlineData("a\n{{.Id", "template parsing error: template: :2: unclosed action")]
    [InlineData("{{}}", "template parsing error: template: :1: missing value for command")]
    [InlineData("{{foo}}", "template parsing error: template: :1: function \"foo\" not defined")]
    [InlineData("{{if .Ok}}", "template parsing error: template: :1: unexpected EOF")]
    [InlineData("{{end}}", "template parsing error: template: :1: unexpected {{end}}")]
    [InlineData("{{\"abc}}", "template parsing error: template: :1: unterminated quoted string")]
    [InlineData("{{.Id .Size}}", "template parsing error: template: :1: can't give argument to non-function")]
    [InlineData("{{(.Id}}", "template parsing error: template: :1: unclosed left paren")]
    [InlineData("{{.Id | .Size}}", "template parsing error: template: :1: non executable command in pipeline")]
    [InlineData("{{.Id % 2}}", "template parsing error: template: :1: unexpected \"%\" in command")]
    [InlineData("{{if .Ok}}a{{else}}b{{else}}c{{end}}", "template parsing error: template: :1: expected end; found {{else}}")]
    public void Parse_Garbage_IsRefusedInGosWords(string template, string message) =>
        Assert.Equal(message, Assert.Throws<TemplateException>(() => Template.Parse(template)).Message);

    /// <summary>Docker's JSON leaves it out where it is empty, its templates know it nevertheless.</summary>
    [Fact]
    public void Execute_ATextThatJsonLeavesOut_IsEmpty() => Assert.Equal(
        "[]10.9.0.0/24",
        Template.Parse("[{{.IPRange}}]{{.Subnet}}").Execute(System.Text.Json.Nodes.JsonNode.Parse("""{"Subnet":"10.9.0.0/24"}""")));

    [Theory]
    [InlineData("{{.Foo}}", "template: :1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\"")]
    [InlineData("x\n {{.Config.Foo}}", "template: :2:3: executing \"\" at <.Config.Foo>: map has no entry for key \"Foo\"")]
    [InlineData("{{.Id.Foo}}", "template: :1:2: executing \"\" at <.Id.Foo>: can't evaluate field Foo in type string")]
    [InlineData("{{.Nothing.Foo}}", "template: :1:2: executing \"\" at <.Nothing.Foo>: nil data; no entry for key \"Foo\"")]
    [InlineData("{{index .Config.Env 9}}", "template: :1:2: executing \"\" at <index>: error calling index: index out of range: 9")]
    [InlineData("{{len .Ok}}", "template: :1:2: executing \"\" at <len>: error calling len: len of type bool")]
    [InlineData("{{$x}}", "template: :1:2: executing \"\" at <$x>: undefined variable \"$x\"")]
    public void Execute_MisfitData_IsNamed(string template, string message) =>
        Assert.Equal(message, Assert.Throws<TemplateException>(() => Template.Parse(template).Execute(s_data)).Message);

    [Fact]
    public void Parse_DeepNesting_IsRefused()
    {
        string deep = new('(', 100_000);

        Assert.Throws<TemplateException>(() => Template.Parse("{{" + deep + "}}"));
    }
}
