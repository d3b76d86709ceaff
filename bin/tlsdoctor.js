#!/usr/bin/env node
// CommonJS on purpose (bin/package.json): an ESM entry costs 3 ms on Node 20, and --version needs nothing else.
'use strict';
const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${require('../package.json').version}\n`);
} else {
  import('../dist/main.js').then(cli => cli.main(argv));
}
