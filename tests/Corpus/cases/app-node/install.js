const { execFileSync } = require('child_process');
const fs = require('fs');
const { dependencies } = JSON.parse(fs.readFileSync('package.json'));
for (const [name, from] of Object.entries(dependencies)) {
  fs.mkdirSync(`node_modules/${name}`, { recursive: true });
  execFileSync('tar', ['-xzf', from.replace('file:', ''), '-C', `node_modules/${name}`, '--strip-components=1', '--no-same-owner']);
}
