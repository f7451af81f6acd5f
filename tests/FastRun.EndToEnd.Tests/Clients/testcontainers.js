// What tests do with testcontainers, against the daemon that DOCKER_HOST names. Ends with "ok SESSION".
'use strict';
const assert = require('assert');
const { GenericContainer, Network, Wait, getContainerRuntimeClient } = require('testcontainers');

const IMAGE = 'busybox:test';
const get = url => fetch(url).then(response => response.text());

(async () => {
  const network = await new Network().start();
  const server = await new GenericContainer(IMAGE)
    .withCommand(['sh', '-c', 'echo ready to serve; exec httpd -f -p 8080 -h /www'])
    .withCopyContentToContainer([{ content: 'from the test', target: '/www/index.html' }])
    .withEnvironment({ A: 'b' })
    .withExposedPorts(8080)
    .withNetwork(network).withNetworkAliases('server')
    .withTmpFs({ '/scratch': 'rw,size=1m' })
    .withLabels({ purpose: 'test' })
    .withWaitStrategy(Wait.forAll([Wait.forLogMessage(/ready to serve/), Wait.forListeningPorts(), Wait.forHttp('/index.html', 8080)]))
    .withStartupTimeout(120000)
    .start();
  assert.equal(await get(`http://${server.getHost()}:${server.getMappedPort(8080)}/index.html`), 'from the test');
  const { output, exitCode } = await server.exec(['sh', '-c', 'echo $A; exit 3']);
  assert.deepEqual([output, exitCode], ['b\n', 3]);
  const logs = await server.logs();
  assert.match(await new Promise(resolve => logs.once('data', part => resolve(part.toString()))), /ready to serve/);
  logs.destroy();

  const client = await new GenericContainer(IMAGE)
    .withCommand(['sh', '-c', 'nc -w 60 server 8080 < /dev/null; exec sleep 1000'])
    .withNetwork(network)
    .withHealthCheck({ test: ['CMD-SHELL', 'true'], interval: 1000, timeout: 30000, retries: 5, startPeriod: 0 })
    .withWaitStrategy(Wait.forHealthCheck())
    .withStartupTimeout(120000)
    .start();
  assert.equal((await client.exec(['wget', '-q', '-O', '-', 'http://server:8080/index.html'])).output, 'from the test');
  await server.restart({ timeout: 0 });
  assert.equal((await server.exec(['cat', '/www/index.html'])).output, 'from the test');

  if (process.argv[2] === 'leave') {
    // As a test that crashes: the reaper must tidy up after it.
    const session = server.getLabels()['org.testcontainers.session-id'];
    console.log('ok ' + session);
    process.exit(0);
  }

  await client.stop({ timeout: 0 });
  await server.stop({ timeout: 0 });
  await network.stop();
  console.log('ok');
  process.exit(0);
})().catch(error => { console.error(error); process.exit(1); });
