# What programs do with ruby-docker-api, against the daemon that DOCKER_HOST names. Ends with "ok".
require 'docker'
require 'stringio'
def check(what, truth) = truth ? nil : raise("#{what}")
Docker.url = ENV['DOCKER_HOST']
Docker.options = { read_timeout: 120 }
IMAGE = 'busybox:test'
check('version', Docker.version['ApiVersion'] == '1.52')
check('ping', Docker.ping == 'OK')
check('info', Docker.info['OSType'] == 'linux')
image = Docker::Image.get(IMAGE)
check('tags', image.info['RepoTags'].include?(IMAGE))
check('exist', Docker::Image.exist?(IMAGE) && !Docker::Image.exist?('no:such'))
check('list', Docker::Image.all.any? { |i| i.info['RepoTags'].include?(IMAGE) })
image.tag('repo' => 'copy', 'tag' => 'one', 'force' => true)
Docker::Image.get('copy:one').remove(name: 'copy:one')
check('history', image.history.length >= 1)
built = Docker::Image.build("FROM #{IMAGE}\nRUN echo built > /built\nENV A=b\n")
check('built', built.json['Config']['Env'].include?('A=b'))
out = ''
Dir.mktmpdir do |dir|
  File.write("#{dir}/Dockerfile", "FROM #{IMAGE}\nCOPY f /f\nCMD [\"cat\", \"/f\"]\n")
  File.write("#{dir}/f", "file")
  from_dir = Docker::Image.build_from_dir(dir, 't' => 'dir:1') { |chunk| out << chunk }
  check('from dir', from_dir.run.tap { |c| c.wait }.logs(stdout: true).include?('file'))
end
check('stream', out.include?('Step 1/3'))
inserted = image.insert_local('localPath' => __FILE__, 'outputPath' => '/')
check('inserted', inserted.id.length > 8)
c = Docker::Container.create('name' => 'rb', 'Image' => IMAGE, 'Cmd' => ['sh', '-c', 'echo out; echo err >&2; exec sleep 1000'],
  'Labels' => { 'team' => 'x' }, 'HostConfig' => { 'NetworkMode' => 'none', 'Init' => true, 'Memory' => 32 << 20 })
c.start
c.refresh!
check('running', c.json['State']['Running'])
check('all', Docker::Container.all(all: true, filters: { label: ['team=x'] }.to_json).map(&:id) == [c.id])
streams, errors, code = c.exec(['sh', '-c', 'echo o; echo e >&2; exit 3'])
check('exec', [streams, errors, code] == [["o\n"], ["e\n"], 3])
check('stdin', c.exec(['cat'], stdin: StringIO.new("typed")) == [['typed'], [], 0])
check('tty', c.exec(['tty'], tty: true)[0].join.include?('/dev/pts/0'))
check('detach', c.exec(['true'], detach: true))
check('top', c.top.any? { |row| row.values.join.include?('sleep') })
c.store_file('/tmp/put', 'content')
check('read', c.read_file('/tmp/put') == 'content')
check('changes', c.changes.any? { |change| change['Path'] == '/tmp/put' })
tar = +''
c.archive_out('/tmp/put') { |part| tar << part }
check('archive', tar.include?('content'))
c.archive_in([__FILE__], '/tmp', overwrite: true)
check('logs', c.logs(stdout: true, stderr: true).include?('err'))
seen = []
c.streaming_logs(stdout: true, stderr: true) { |stream, chunk| seen << [stream, chunk] }
check('streaming', seen.sort == [[:stderr, "err\n"], [:stdout, "out\n"]])
check('stats', c.stats['memory_stats'])
committed = c.commit('repo' => 'rbc', 'tag' => '1', 'changes' => ['ENV X=y'])
check('committed', Docker::Image.get('rbc:1').json['Config']['Env'].include?('X=y'))
c.pause; c.unpause
c.rename('rb2')
c.update('Memory' => 64 << 20, 'MemorySwap' => 128 << 20)
c.restart('timeout' => 0)
c.kill
check('wait', c.wait(60)['StatusCode'] == 137)
c.remove(v: true, force: true)
begin; Docker::Container.get('rb2'); raise 'there'; rescue Docker::Error::NotFoundError; end
# run with attach
r = Docker::Container.create('Image' => IMAGE, 'Cmd' => ['cat'], 'OpenStdin' => true, 'StdinOnce' => true, 'HostConfig' => { 'NetworkMode' => 'none' })
said, = r.tap(&:start).attach(stdin: StringIO.new("through\n"))
check('attach', said == ["through\n"])
r.delete(force: true)
n = Docker::Network.create('rbnet', 'Internal' => true)
c = Docker::Container.create('Image' => IMAGE, 'Cmd' => %w[sleep 1000], 'HostConfig' => { 'Init' => true })
c.start
n.connect(c.id)
check('net', Docker::Network.get('rbnet').json['Containers'].key?(c.id))
n.disconnect(c.id)
c.delete(force: true)
n.remove
v = Docker::Volume.create('rbvol')
check('vol', Docker::Volume.get('rbvol').info['Name'] == 'rbvol' && Docker::Volume.all.map(&:id).include?('rbvol'))
v.remove
Docker::Network.prune
# export/import
c = Docker::Container.create('Image' => IMAGE, 'Cmd' => ['true'])
exported = +''.b
c.export { |part| exported << part }
check('export', exported.length > 100_000)
File.binwrite("#{ENV['TMPDIR']}/e.tar", exported)
imported = Docker::Image.import("#{ENV['TMPDIR']}/e.tar")
check('imported', imported.id)
c.delete
saved = Docker::Image.save(IMAGE)
File.binwrite("#{ENV['TMPDIR']}/s.tar", saved)
Docker::Image.load("#{ENV['TMPDIR']}/s.tar")
events = []
Docker::Event.since(0, until: Time.now.to_i + 1) { |e| events << e.action }
check('events', events.include?('start'))
Docker::Container.all(all: true).each { |x| x.delete(force: true) }
[built, imported].each { |i| i.remove(force: true) }
puts 'ok'
