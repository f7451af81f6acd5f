const left = require('left'), right = require('right');
module.exports = text => left(right(text, 6), 9);
if (require.main === module) console.log(module.exports('app'));
