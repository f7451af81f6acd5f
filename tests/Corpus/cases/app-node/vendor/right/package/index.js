module.exports = (s, n) => s.padEnd(n, '.');
