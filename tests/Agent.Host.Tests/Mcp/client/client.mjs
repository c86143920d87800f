// Runs the program as a client does, and prints what it got as one JSON object.
// node client.mjs <dotnet> <agent.dll> <tools.yaml> <address of the tools' server> <ORDER_KEY of the server>
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport, getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js';

const [dotnet, program, tools, server, key] = process.argv.slice(2);
const transport = new StdioClientTransport({
  command: dotnet,
  args: [program, 'mcp', '--tools', tools, '--verbose'],
  env: { ...getDefaultEnvironment(), ORDER_KEY: key },
  stderr: 'pipe',
});
const client = new Client({ name: 'test', version: '1.0.0' });
const seen = { protocolErrors: [], stderr: '' };
transport.stderr.on('data', chunk => { seen.stderr += chunk; });
client.onerror = error => { seen.protocolErrors.push(String(error)); };

async function failure(promise) {
  try {
    return { answered: await promise };
  } catch (error) {
    return { code: error.code ?? null, message: error.message };
  }
}

await client.connect(transport);
seen.server = client.getServerVersion();
seen.capabilities = client.getServerCapabilities();
seen.tools = (await client.listTools()).tools;
seen.right = await client.callTool({ name: 'get_order', arguments: { order_id: '7' } });
seen.wrong = await client.callTool({ name: 'get_order', arguments: { order: 7 } });
seen.failed = await client.callTool({ name: 'get_order', arguments: { order_id: 'none' } });
seen.unknown = await failure(client.callTool({ name: 'get_orders', arguments: {} }));

const abort = new AbortController();
const slow = failure(client.callTool({ name: 'slow_report', arguments: {} }, undefined, { signal: abort.signal }));
await fetch(`${server}/slow/started`);
abort.abort('changed my mind');
seen.cancelled = await slow;
seen.stoppedAtTheTool = (await fetch(`${server}/slow/stopped`)).status;
seen.afterwards = await client.callTool({ name: 'get_order', arguments: { order_id: '8' } });

const child = transport._process;
const exited = new Promise(resolve => child.once('exit', (code, signal) => resolve({ code, signal })));
await client.close();
seen.exit = await exited;
console.log(JSON.stringify(seen));
