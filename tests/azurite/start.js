// Azurite until standard input ends: it does not outlive the process that started it, however that one ended.
'use strict';

process.stdin.on('end', () => process.exit(0)).resume();
require('azurite/dist/src/azurite.js');
