using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

namespace FastRun.VirtualMachine.Tests;

/// <summary>Networks where bridge, veth, macvlan and the rest are modules, and where the machine's own namespace is the host's.</summary>
public abstract class NetworkTests(SharedGuest shared) : GuestTest(shared)
{
    [Fact]
    public void Bridge_ContainersReachEachOtherAndTheHost()
    {
        CommandResult result = Guest.Script(
            $$$"""
            fastrun network create --ipv6 --subnet 10.77.0.0/24 --subnet fd00:77::/64 app >/dev/null || exit 90
            fastrun run -d --name web --network app {{{GuestImages.Busybox}}} sleep 1000 >/dev/null || exit 91
            fastrun exec --no-workspace --network app {{{GuestImages.Busybox}}} -- sh -c '
              for address in 10.77.0.2 10.77.0.1 fd00:77::2 fd00:77::1; do ping -c 1 -w 60 $address >/dev/null && echo $address; done
              ip -4 -o address show eth0 | tr -s " " | cut -d " " -f 4; cat /sys/class/net/eth0/address'
            ls -d /sys/class/net/fr-*/bridge | wc -l
            fastrun rm -f web && fastrun network rm app
            until [ -z "$(ls /sys/class/net | grep ^fr)" ]; do usleep 50000; done
            """);

        Assert.Equal(
            ["10.77.0.2", "10.77.0.1", "fd00:77::2", "fd00:77::1", "10.77.0.3/24", "02:42:0a:4d:00:03", "1", "web", "app"], result.Lines);
    }

    [Fact]
    public void Connect_ARunningContainer_HasTheInterfaceAtOnce()
    {
        CommandResult result = Guest.Script(
            $$$"""
            fastrun network create --subnet 10.78.0.0/24 back >/dev/null && fastrun network create --subnet 10.79.0.0/24 front >/dev/null || exit 90
            fastrun run -d --name web --network back {{{GuestImages.Busybox}}} sleep 1000 >/dev/null || exit 91
            fastrun network connect front web && fastrun network disconnect back web || exit 92
            fastrun exec web sh -c 'ip -4 -o address show scope global | tr -s " " | cut -d " " -f 2,4; ip route | grep default | cut -d " " -f 1-5'
            fastrun rm -f web && fastrun network rm back front
            """);

        Assert.Equal(["eth1 10.79.0.2/24", "default via 10.79.0.1 dev eth1", "web", "back", "front"], result.Lines);
    }

    [Fact]
    public void MacvlanIpvlanAndVlans_AreOnTheHostsInterface()
    {
        CommandResult result = Guest.Script(
            $$$"""
            ip link add lan type veth && ip link set veth0 name wire && ip link set lan up && ip link set wire up || exit 90
            ip link add link wire name wire.10 type vlan id 10 && ip link set wire.10 up && ip address add 10.82.0.200/24 dev wire.10 || exit 91
            ip address add 10.80.0.200/24 dev wire && ip address add 10.81.0.200/24 dev wire || exit 92
            fastrun network create -d macvlan --subnet 10.80.0.0/24 --gateway 10.80.0.200 -o parent=lan mac >/dev/null || exit 93
            fastrun network create -d macvlan --subnet 10.82.0.0/24 --gateway 10.82.0.200 -o parent=lan.10 tagged >/dev/null || exit 94
            for network in mac tagged; do
              fastrun exec --no-workspace --network $network {{{GuestImages.Busybox}}} -- sh -c '
                gateway=$(ip route | grep default | cut -d " " -f 3); ping -c 1 -w 60 $gateway >/dev/null && echo $gateway'
            done
            ip link show lan.10 >/dev/null && echo made
            fastrun network rm mac tagged
            ip link show lan.10 2>/dev/null || echo gone

            # One parent has interfaces of one kind: the kernel is still about the last one of the other.
            fastrun network create -d ipvlan --subnet 10.81.0.0/24 --gateway 10.81.0.200 -o parent=lan ip >/dev/null || exit 95
            until fastrun exec --no-workspace --network ip {{{GuestImages.Busybox}}} -- sh -c '
              gateway=$(ip route | grep default | cut -d " " -f 3); ping -c 1 -w 60 $gateway >/dev/null && echo $gateway
              cat /sys/class/net/eth0/address' >/tmp/ipvlan; do usleep 100000; done
            sed "s/$(cat /sys/class/net/lan/address)/its/" /tmp/ipvlan
            fastrun network rm ip; ip link delete lan
            """);

        Assert.Equal(["10.80.0.200", "10.82.0.200", "made", "mac", "tagged", "gone", "10.81.0.200", "its", "ip"], result.Lines);
    }

    [Fact]
    public void Egress_KeepsToTheRules_InBothFamilies()
    {
        CommandResult result = Guest.Script(
            $$$"""
            fastrun network create --ipv6 --subnet 10.84.0.0/24 --subnet fd00:84::/64 job >/dev/null || exit 90
            fastrun run -d --name there --network job {{{GuestImages.Busybox}}} sleep 1000 >/dev/null || exit 91
            for port in 7000 7001; do nc -ll -p $port -e echo host & servers="$servers $!"; done
            printf '10.84.0.1:7000/tcp\n[fd00:84::1]:7000/tcp\n' >/tmp/egress
            until nc -w 1 127.0.0.1 7001 </dev/null >/dev/null; do usleep 50000; done
            fastrun exec --no-workspace --network job --egress /tmp/egress {{{GuestImages.Busybox}}} -- sh -c '
              for address in 10.84.0.1 fd00:84::1; do for port in 7000 7001; do
                nc -w 60 $address $port </dev/null || echo refused
              done; done
              ping -c 1 -w 60 there >/dev/null && echo neighbour; nslookup -type=a example.com >/dev/null 2>&1 || echo unknown' 2>/tmp/refused
            grep ^fastrun: /tmp/refused | sort
            kill $servers
            fastrun rm -f there && fastrun network rm job
            """);

        Assert.Equal(
            [
                "host", "refused", "host", "refused", "neighbour", "unknown",
                "fastrun: egress: refused 10.84.0.1:7001/tcp, 1 packet", "fastrun: egress: refused [fd00:84::1]:7001/tcp, 1 packet",
                "fastrun: egress: refused the name example.com", "there", "job",
            ],
            result.Lines);
    }

    [Fact]
    public void Cni_PluginsGiveAnInterface_AndTakeItBack()
    {
        Assert.SkipUnless(GuestSystem.HasPlugins, "needs containernetworking-plugins");
        CommandResult result = Guest.Script(
            $$$"""
            mkdir -p /etc/cni/net.d
            echo '{"cniVersion": "1.0.0", "name": "lab", "type": "bridge", "bridge": "cni9", "isGateway": true,
              "ipam": {"type": "host-local", "dataDir": "/tmp/cni", "ranges": [[{"subnet": "10.85.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}}' >/etc/cni/net.d/lab.conf
            fastrun exec --no-workspace --network cni:lab {{{GuestImages.Busybox}}} -- sh -c '
              ip -4 -o address show eth0 | tr -s " " | cut -d " " -f 4; ping -c 1 -w 60 10.85.0.1 >/dev/null && echo gateway' || exit 90
            ls /tmp/cni/lab | grep -c '^10\.'
            fastrun run -d --name one --network cni:lab {{{GuestImages.Busybox}}} sleep 1000 >/dev/null || exit 91
            ls /tmp/cni/lab | grep -c '^10\.'

            # Its supervisor is killed: who collects what is left has the plugins delete it.
            pid=$(fastrun inspect -f '{{.State.Pid}}' one); kill -9 $(awk '/^PPid/ { print $2 }' /proc/$pid/status)
            until [ "$(fastrun inspect -f '{{.State.Running}}' one)" = false ]; do usleep 50000; done
            fastrun gc >/dev/null || exit 92
            ls /tmp/cni/lab | grep -c '^10\.'
            ls /var/lib/fastrun/cni | wc -l
            fastrun rm one; ip link delete cni9; rm -r /tmp/cni /etc/cni
            """);

        Assert.Equal(["10.85.0.2/24", "gateway", "0", "1", "0", "0", "one"], result.Lines);
    }

    [Fact]
    public void Stats_CountWhatPassed()
    {
        CommandResult result = Guest.Script(
            $$$"""
            fastrun run -d --name talks --network bridge {{{GuestImages.Busybox}}} sh -c 'ping -c 3 -s 1000 -w 60 $(ip route | grep default | cut -d " " -f 3); sleep 1000' >/dev/null || exit 90
            until [ "$(fastrun exec talks cat /sys/class/net/eth0/statistics/tx_bytes)" -gt 3000 ]; do usleep 100000; done
            fastrun stats --no-stream --format '{{.NetIO}}' talks | grep -c '^[1-9].*kB / [1-9].*kB$'
            fastrun rm -f talks
            """);

        Assert.Equal(["1", "talks"], result.Lines);
    }
}

[Collection<Linux61Collection>]
public sealed class NetworksOnLinux61(Linux61 shared) : NetworkTests(shared);

[Collection<Linux612Collection>]
public sealed class NetworksOnLinux612(Linux612 shared) : NetworkTests(shared);
