# What programs do with python3-docker (docker-py), against the daemon that DOCKER_HOST names. Ends with "ok".
import io
import os
import tarfile
import threading
import time

import docker

IMAGE = "busybox:test"
client = docker.from_env(timeout=120)
assert client.ping()
assert client.version()["ApiVersion"] == "1.52"
assert client.info()["OSType"] == "linux"
assert client.df()["LayersSize"] >= 0

# Images.
image = client.images.get(IMAGE)
assert IMAGE in image.tags and image.id.startswith("sha256:")
assert image.tag("copy", tag="one")
assert [i for i in client.images.list(name="copy") if "copy:one" in i.tags]
archive = b"".join(image.save(named=True))
client.images.remove("copy:one")
try:
    client.images.get("copy:one")
    raise AssertionError("removed")
except docker.errors.ImageNotFound:
    pass
assert IMAGE in client.images.load(archive)[0].tags
assert image.history()

# Runs in the foreground: output, the error stream, failures.
assert client.containers.run(IMAGE, ["echo", "hello"], network_mode="none", remove=True) == b"hello\n"
assert client.containers.run(IMAGE, ["sh", "-c", "echo err >&2"], network_mode="none", stderr=True, remove=True) == b"err\n"
try:
    client.containers.run(IMAGE, ["sh", "-c", "echo bad >&2; exit 3"], network_mode="none", remove=True)
    raise AssertionError("fails")
except docker.errors.ContainerError as failure:
    assert failure.exit_status == 3 and failure.stderr == b"bad\n"
try:
    client.containers.run("no-such-image:test", "true")
    raise AssertionError("no image")
except (docker.errors.ImageNotFound, docker.errors.APIError):
    pass

# One that stays, with what most programs give.
client.volumes.create("kept", labels={"a": "b"})
box = client.containers.run(
    IMAGE, ["sh", "-c", "trap 'exit 0' TERM; echo started; while :; do sleep 0.1; done"], name="box", detach=True,
    network_mode="none", environment={"A": "b"}, labels={"team": "x"}, working_dir="/tmp", hostname="boxed",
    volumes={"kept": {"bind": "/data", "mode": "rw"}}, tmpfs={"/scratch": "size=1m"}, mem_limit="64m", pids_limit=100,
    ulimits=[docker.types.Ulimit(name="nofile", soft=256, hard=512)], cap_drop=["NET_RAW"], init=True,
    restart_policy={"Name": "on-failure", "MaximumRetryCount": 2},
    mounts=[docker.types.Mount("/more", "kept", read_only=True)],
    healthcheck={"test": ["CMD", "true"], "interval": 10**9, "timeout": 30 * 10**9, "retries": 3})
assert box.status in ("created", "running")
deadline = time.time() + 60
while box.attrs["State"].get("Health", {}).get("Status") != "healthy":
    assert time.time() < deadline, box.attrs["State"]
    time.sleep(0.05)
    box.reload()
assert box.attrs["HostConfig"]["Memory"] == 64 << 20
assert box.attrs["Config"]["Hostname"] == "boxed"
assert box.logs(stdout=True, stderr=False) == b"started\n"
assert next(box.logs(stream=True, follow=True)) == b"started\n"
assert [c.name for c in client.containers.list(filters={"label": "team=x"})] == ["box"]
assert any("sh" in " ".join(row) for row in box.top()["Processes"])

# exec in its forms.
assert box.exec_run(["sh", "-c", "echo $A; pwd; hostname"]).output == b"b\n/tmp\nboxed\n"
code, (out, err) = box.exec_run(["sh", "-c", "echo out; echo err >&2; exit 4"], demux=True)
assert (code, out, err) == (4, b"out\n", b"err\n")
assert b"".join(box.exec_run(["seq", "1", "1000"], stream=True).output).count(b"\n") == 1000
code, sock = box.exec_run(["cat"], stdin=True, socket=True)
raw = sock._sock
raw.sendall(b"typed")
raw.shutdown(1)
got = b""
while chunk := raw.recv(4096):
    got += chunk
assert got == b"\x01\0\0\0\0\0\0\x05typed", got
sock.close()
assert box.exec_run("id -u", user="build").output == b"1000\n"
exec_id = client.api.exec_create(box.id, ["sleep", "1000"])["Id"]
client.api.exec_start(exec_id, detach=True)
assert client.api.exec_inspect(exec_id)["Running"] is True

# Files.
tar = io.BytesIO()
with tarfile.open(fileobj=tar, mode="w") as t:
    entry = tarfile.TarInfo("put.txt")
    entry.size = 7
    t.addfile(entry, io.BytesIO(b"content"))
assert box.put_archive("/tmp", tar.getvalue())
bits, stat = box.get_archive("/tmp/put.txt")
assert stat["name"] == "put.txt" and stat["size"] == 7
with tarfile.open(fileobj=io.BytesIO(b"".join(bits))) as t:
    assert t.extractfile("put.txt").read() == b"content"
assert {"Path": "/tmp/put.txt", "Kind": 1} in box.diff()
assert len(b"".join(box.export())) > 100000
committed = box.commit(repository="made", tag="v1", changes=["ENV C=d"])
assert client.containers.run("made:v1", ["sh", "-c", "echo $C; cat /tmp/put.txt"], network_mode="none", remove=True) == b"d\ncontent"

# Numbers.
once = box.stats(stream=False)
assert once["memory_stats"]["limit"] == 64 << 20 and once["cpu_stats"]["online_cpus"] > 0
assert next(iter(box.stats(stream=True, decode=True)))["pids_stats"]["current"] >= 1
box.update(mem_limit="128m", memswap_limit="256m")
box.reload()
assert box.attrs["HostConfig"]["Memory"] == 128 << 20

# Events, as they happen and afterwards.
seen = []
stream = client.events(decode=True, filters={"container": "box", "event": ["pause", "unpause"]})
reader = threading.Thread(target=lambda: seen.extend(next(stream) for _ in range(2)))
reader.start()
while reader.is_alive():
    box.pause()
    box.unpause()
    reader.join(0.2)
assert {event["Action"] for event in seen} == {"pause", "unpause"}
stream.close()

# Its end.
box.rename("boxes")
box.reload()
assert box.name == "boxes"
box.restart(timeout=0)
while box.logs().count(b"started") < 2:
    # Before that its handler is not there.
    time.sleep(0.05)
box.stop(timeout=60)
assert box.wait()["StatusCode"] == 0
assert client.api.inspect_container("boxes")["State"]["Status"] == "exited"
box.start()
box.kill("KILL")
waited = box.wait(condition="not-running")
assert waited["StatusCode"] == 137, waited
box.remove(v=True, force=True)
try:
    client.containers.get("boxes")
    raise AssertionError("removed")
except docker.errors.NotFound:
    pass

# Attached before its start, with input.
talk = client.api.create_container(IMAGE, ["cat"], stdin_open=True, host_config=client.api.create_host_config(network_mode="none"))
sock = client.api.attach_socket(talk, params={"stdin": 1, "stdout": 1, "stream": 1})
client.api.start(talk)
sock._sock.sendall(b"attached\n")
assert sock._sock.recv(8) == b"\x01\0\0\0\0\0\0\x09"
assert sock._sock.recv(9) == b"attached\n"
sock.close()
client.api.remove_container(talk, force=True)

# Networks and volumes.
network = client.networks.create("py-net", driver="bridge", labels={"n": "1"}, internal=True)
first = client.containers.run(IMAGE, ["sleep", "1000"], name="first", network="py-net", detach=True, init=True)
second = client.containers.create(IMAGE, ["sleep", "1000"], name="second", network_mode="none", init=True)
assert first.exec_run(["ping", "-c", "1", "-W", "30", "first"]).exit_code == 0
network.reload()
assert [c.name for c in network.containers] == ["first"]
network.disconnect(first, force=True)
network.connect(first, aliases=["alias"])
assert first.exec_run(["nslookup", "alias"]).exit_code == 0
first.remove(force=True)
second.remove()
network.remove()
assert client.volumes.get("kept").attrs["Labels"] == {"a": "b"}
client.volumes.get("kept").remove()
client.images.remove("made:v1")
assert client.containers.prune()["SpaceReclaimed"] >= 0
assert client.volumes.prune()["VolumesDeleted"] in ([], None)
assert client.networks.prune().get("NetworksDeleted") in ([], None)
assert client.containers.list(all=True) == []
print("ok")
