// node http.mjs: an MCP server over streamable HTTP with sessions; it prints its port. Beside /mcp: /forget drops the
// sessions, /seen says what came.
import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createServer, seen } from './tools.mjs';

const sessions = new Map();
const [token, answers = 'events'] = process.argv.slice(2);

const json = (response, status, value) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));

const http = createHttpServer(async (request, response) => {
  if (request.url === '/seen') {
    return json(response, 200, seen);
  }

  if (request.url === '/forget') {
    sessions.forEach((transport) => transport.close());
    sessions.clear();
    return json(response, 200, {});
  }

  if (request.url === '/moved') {
    return response.writeHead(307, { Location: '/mcp' }).end();
  }

  seen.authorizations.push(request.headers.authorization ?? '');
  if (token && request.headers.authorization !== `Bearer ${token}`) {
    return json(response, 401, {});
  }

  const id = request.headers['mcp-session-id'];
  if (id) {
    const known = sessions.get(id);
    seen.deleted += request.method === 'DELETE' ? 1 : 0;
    return known ? known.handleRequest(request, response) : json(response, 404, { jsonrpc: '2.0', error: { code: -32001, message: 'Session not found' }, id: null });
  }

  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: answers === 'json',
    onsessioninitialized: (created) => {
      seen.sessions++;
      sessions.set(created, transport);
    },
  });
  await createServer('standard').connect(transport);
  await transport.handleRequest(request, response);
});

// Whoever started it holds its input open as long as it is needed.
process.stdin.resume().on('end', () => process.exit(0));
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
