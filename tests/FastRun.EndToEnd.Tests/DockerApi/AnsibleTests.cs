using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>
/// Ansible's collection <c>community.docker</c>: what a playbook has made once it must find unchanged the second time, field by field of what
/// inspection gives back. Takes half a minute: <c>./test soak</c>.
/// </summary>
public sealed class AnsibleTests(TestImages images) : ClientTest(images)
{
    [Fact(Explicit = true)]
    public void Playbook_ChangesNothingTheSecondTime()
    {
        Roots.NewFile("image/Dockerfile", "FROM busybox:test\nARG WHO\nRUN echo $WHO > /built\n");

        Play("ansible_make.yml");

        Assert.Contains(" changed=0 ", Play("ansible_make.yml"), StringComparison.Ordinal);
        Play("ansible_change.yml");
        Assert.Equal("", Docker("ps", "-aq"));
        Assert.Equal("", Docker("volume", "ls", "-q"));
    }

    private string Play(string book)
    {
        string peers = Path.Combine(Repository.Root, "artifacts", "peers");
        string packages = Path.Combine("usr", "lib", "python3", "dist-packages");
        string program = Path.Combine(peers, "ansible", "usr", "bin", "ansible-playbook");
        Assert.SkipUnless(File.Exists(program) && Directory.Exists(Path.Combine(peers, "ansible-docker")), "Debian's ansible could not be fetched");
        Command play = Client("/usr/bin/python3", program, "-i", "localhost,", "-e", "ansible_python_interpreter=/usr/bin/python3", "-e", "top=" + Roots.Top, Script(book));
        CommandResult result = With(
            play,
            ("PYTHONPATH", Path.Combine(peers, "ansible", packages)),
            ("ANSIBLE_COLLECTIONS_PATH", Path.Combine(peers, "ansible-docker", packages)),
            ("ANSIBLE_HOME", Roots.NewDirectory("ansible")),
            ("ANSIBLE_NOCOLOR", "1"),
            ("LC_ALL", "C.UTF-8")).Run();
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Stdout;
    }
}
