// client: messages of a WebSocket by npm's ws, a line each, or with a length before each if they are binary
// SPDX-License-Identifier: MIT
//
// usage: node client.js PORT PATH [SUBPROTOCOL]    "open" on stderr and to the FIFO READY once it is, "closed CODE REASON" at the end
const fs = require('fs');
const WebSocket = require('ws');
const [, , port, path, protocol] = process.argv;
const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocol ? [protocol] : []);
const parts = [];

socket.on('open', () => {
	process.stderr.write(`open ${socket.protocol}\n`);
	if (process.env.READY)
		fs.writeFileSync(process.env.READY, 'open\n');
});
socket.on('message', (data, binary) => {
	if (binary) {
		const length = Buffer.alloc(4);
		length.writeUInt32BE(data.length);
		parts.push(length, data);
	} else
		parts.push(data, Buffer.from('\n'));
});
socket.on('unexpected-response', (request, response) => {
	process.stderr.write(`refused ${response.statusCode}\n`);
	process.exit(1);
});
socket.on('error', error => {
	process.stderr.write(`error ${error.message}\n`);
	process.exit(1);
});
socket.on('close', (code, reason) => {
	fs.writeSync(2, `closed ${code} ${reason}\n`);
	process.stdout.write(Buffer.concat(parts));
});
