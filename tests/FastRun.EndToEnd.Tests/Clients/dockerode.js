// What programs do with dockerode, against the daemon that DOCKER_HOST names. Unversioned paths, and attach and exec without an
// upgrade. Ends with "ok".
'use strict';
const assert = require('assert');
const { PassThrough } = require('stream');
const Docker = require('dockerode');

const IMAGE = 'busybox:test';
const docker = new Docker({ socketPath: process.env.SOCKET });
const text = stream => new Promise((resolve, reject) => {
  const parts = [];
  stream.on('data', part => parts.push(part));
  stream.on('end', () => resolve(Buffer.concat(parts).toString()));
  stream.on('error', reject);
});

/** The two streams of a multiplexed one. */
async function demux(stream) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, out, err);
  stream.on('end', () => { out.end(); err.end(); });
  return Promise.all([text(out), text(err)]);
}

(async () => {
  assert.equal((await docker.ping()).toString(), 'OK');
  assert.equal((await docker.version()).ApiVersion, '1.52');
  assert.ok((await docker.listImages()).some(image => (image.RepoTags || []).includes(IMAGE)));

  // docker.run: create, attach, start, wait.
  const output = new PassThrough();
  const collected = text(output);
  const [result, container] = await docker.run(IMAGE, ['sh', '-c', 'echo from run; exit 2'], output, { Tty: true, HostConfig: { NetworkMode: 'none' } });
  assert.equal(result.StatusCode, 2);
  assert.equal((await collected).trim(), 'from run');
  await container.remove();

  // Attached before the start, both streams.
  const box = await docker.createContainer({
    Image: IMAGE, name: 'box', Cmd: ['sh', '-c', 'echo out; echo err >&2; read line; echo "read $line"; exec sleep 1000'],
    OpenStdin: true, AttachStdin: true, AttachStdout: true, AttachStderr: true, Labels: { team: 'x' },
    HostConfig: { NetworkMode: 'none', Init: true, Memory: 32 << 20 },
  });
  const attached = await box.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
  const streams = demux(attached);
  await box.start();
  attached.write('typed\n');
  await assert.rejects(box.start(), error => error.statusCode === 304);

  // A log that is followed.
  const log = await box.logs({ follow: true, stdout: true, stderr: true });
  await new Promise(resolve => {
    let all = '';
    log.on('data', part => { all += part; if (all.includes('read typed')) { log.destroy(); resolve(); } });
  });

  // exec without and with an upgrade, with input and with a terminal.
  for (const hijack of [false, true]) {
    const exec = await box.exec({ Cmd: ['sh', '-c', 'echo o; echo e >&2; exit 5'], AttachStdout: true, AttachStderr: true });
    const [out, err] = await demux(await exec.start({ hijack }));
    assert.deepEqual([out, err], ['o\n', 'e\n']);
    const { ExitCode, Running } = await exec.inspect();
    assert.deepEqual([ExitCode, Running], [5, false]);
  }
  const cat = await box.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true });
  const typed = await cat.start({ hijack: true, stdin: true });
  const back = demux(typed);
  typed.end('through the pipe');
  assert.equal((await back)[0], 'through the pipe');
  const shell = await box.exec({ Cmd: ['sh', '-c', 'tty; stty size'], AttachStdout: true, Tty: true, ConsoleSize: [33, 101] });
  assert.match(await text(await shell.start({ hijack: true, Tty: true, ConsoleSize: [33, 101] })), /\/dev\/pts\/\d+\r\n33 101\r\n/);

  // Files, numbers, changes.
  const tar = await box.getArchive({ path: '/etc/passwd' });
  assert.match(await text(tar), /root:x:0:0/);
  await box.putArchive(await box.getArchive({ path: '/etc/group' }), { path: '/tmp' });
  assert.ok((await box.changes()).some(change => change.Path === '/tmp/group'));
  const stats = await box.stats({ stream: false });
  assert.ok(stats.memory_stats.usage > 0 && stats.precpu_stats.cpu_usage.total_usage >= 0);
  await box.update({ Memory: 64 << 20, MemorySwap: 128 << 20 });
  assert.equal((await box.inspect()).HostConfig.Memory, 64 << 20);
  assert.ok((await box.top()).Processes.length > 0);

  // Events by a stream of lines.
  const events = await docker.getEvents({ filters: { container: ['box'], event: ['pause'] } });
  const told = new Promise(resolve => events.once('data', part => resolve(JSON.parse(part.toString().split('\n')[0]))));
  let heard = false;
  told.then(() => { heard = true; });
  while (!heard) {
    await box.pause();
    await box.unpause();
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  assert.equal((await told).Actor.Attributes.name, 'box');
  events.destroy();

  // Its end, which somebody waits for.
  const waiting = box.wait({ condition: 'next-exit' });
  await box.kill({ signal: 'SIGKILL' });
  assert.equal((await waiting).StatusCode, 137);
  const [out, err] = await streams;
  assert.equal(out, 'out\nread typed\n');
  assert.equal(err, 'err\n');
  await box.rename({ name: 'boxes' });
  assert.deepEqual((await docker.listContainers({ all: true, filters: { label: ['team=x'] } })).map(each => each.Names[0]), ['/boxes']);
  await box.remove({ v: true, force: true });
  await assert.rejects(box.inspect(), error => error.statusCode === 404 && /No such container/.test(error.json.message));

  // Networks, volumes, prunes, images.
  const network = await docker.createNetwork({ Name: 'js-net', Internal: true, Labels: { n: '1' } });
  assert.equal((await network.inspect()).Internal, true);
  await network.remove();
  await docker.createVolume({ Name: 'js-volume' });
  assert.ok((await docker.listVolumes()).Volumes.some(volume => volume.Name === 'js-volume'));
  await docker.getVolume('js-volume').remove();
  await docker.getImage(IMAGE).tag({ repo: 'js-copy', tag: '1' });
  assert.ok((await text(await docker.getImage('js-copy:1').get())).includes('manifest.json'));
  await docker.getImage('js-copy:1').remove();
  await docker.pruneContainers();
  await docker.pruneNetworks();
  await assert.rejects(
    new Promise((resolve, reject) => docker.pull('127.0.0.1:1/no/such:image', (error, stream) =>
      error ? reject(error) : docker.modem.followProgress(stream, failure => failure ? reject(failure) : resolve()))),
    error => /127\.0\.0\.1:1/.test(error.message));
  console.log('ok');
})().catch(error => { console.error(error); process.exit(1); });
