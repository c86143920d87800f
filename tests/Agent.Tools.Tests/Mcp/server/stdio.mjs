// node stdio.mjs BEHAVIOUR VARIANT: an MCP server on standard input and output, well-behaved or not.
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { createServer } from './tools.mjs';

const [behaviour = 'good', variant = 'standard'] = process.argv.slice(2);
const write = (stream, data) => new Promise((resolve) => stream.write(data, resolve));

switch (behaviour) {
  case 'silent':
    process.stdin.resume();
    break;
  case 'prose':
    await write(process.stdout, 'Welcome to the server!\nIt speaks no protocol.\n');
    process.stdin.resume();
    break;
  case 'endless-line':
    process.stdin.resume();
    for (let i = 0; i < 20; i++) {
      await write(process.stdout, (i === 0 ? '{' : '') + ' '.repeat(1024 * 1024));
    }

    break;
  case 'dead':
    await write(process.stderr, 'starting\nno licence key\u001b[31m found\n');
    process.exit(3);
    break;
  case 'stubborn':
    process.on('SIGTERM', () => {});
    setInterval(() => {}, 1000);
    await createServer(variant).connect(new StdioServerTransport());
    break;
  case 'endless-list':
    await createServer(variant, { endless: true }).connect(new StdioServerTransport());
    break;
  default:
    if (behaviour === 'garbage') {
      await write(process.stdout, 'Welcome!\n\u0000\u0001\n{"half": \n[]\n{"jsonrpc":"2.0","id":"nobody","result":{}}\n');
    }

    if (behaviour === 'flood') {
      for (let i = 0; i < 50; i++) {
        await write(process.stderr, `line ${i}\r\u001b[2J forged\n`.repeat(2000) + 'y'.repeat(50_000) + '\n');
      }
    }

    await createServer(variant).connect(new StdioServerTransport());
}
