const assert = require('assert');
assert.strictEqual(require('./main.js')('ab'), '...ab....');
console.log('1 test');
