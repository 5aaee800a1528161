/* SPDX-License-Identifier: MIT */
/* types.mjs: dashboards against Grafana's own types: the dashboard, and the options and fields of each kind of panel
 *
 * usage: node types.mjs DASHBOARD...      one line for each error; status 1 if there is one
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { read } from './board.mjs';

const here = path.dirname(fileURLToPath(import.meta.url)), raw = path.join(here, 'node_modules/@grafana/schema/dist/esm/raw');

/* panelcfg: where the types of a kind of panel are */
function panelcfg(type)
{
	const folder = path.join(raw, 'composable', type.replaceAll('-', ''), 'panelcfg/x');

	if (!existsSync(folder))
		throw new Error(`${type} is no panel of Grafana`);
	return path.join(folder, readdirSync(folder).find((f) => f.endsWith('.d.ts')).replace(/\.d\.ts$/, ''));
}

/* JSON has the values of enumerations, and what is unknown there is any */
let text = `import type { Dashboard, Panel, DataTransformerConfig } from ${JSON.stringify(path.join(raw, 'dashboard/x/dashboard_types.gen'))};
type Json<T> = T extends string ? \`\${T}\` : T extends number ? (number extends T ? T : \`\${T}\` extends \`\${infer N extends number}\` ? N : never) :
	T extends (infer U)[] ? Json<U>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;
`;
const files = process.argv.slice(2), where = [];
let kinds = 0;

function check(what, type, value)
{
	where[text.split('\n').length - 1] = what;
	text += `export const v${where.length}: Json<${type}> = ${JSON.stringify(value)};\n`;
}

for (const file of files) {
	const board = read(file);

	/* the types know no target of an annotation but that of Grafana's own ones, and say so */
	check(path.basename(file), 'Omit<Dashboard, "panels">', { ...board, panels: undefined,
	    annotations: { list: board.annotations.list.map((a) => ({ ...a, target: undefined })) } });
	for (const panel of board.panels.filter((p) => p.type !== 'row')) {
		const module = panelcfg(panel.type), name = `${path.basename(file)}: panel ${panel.id}`, n = kinds++;

		text += `import type * as p${n} from ${JSON.stringify(module)};\n`;
		check(name, 'Omit<Panel, "options" | "fieldConfig">', { ...panel, options: undefined, fieldConfig: undefined });
		check(`${name}: fields`, 'NonNullable<Panel["fieldConfig"]>', panel.fieldConfig);
		check(`${name}: options`, `p${n}.Options`, panel.options);
		if (Object.keys(panel.fieldConfig.defaults.custom).length > 0)
			check(`${name}: custom`, `p${n}.FieldConfig`, panel.fieldConfig.defaults.custom);
		/* what overrides set is a part of the same */
		const custom = panel.fieldConfig.overrides.flatMap((o) => o.properties).filter((p) => p.id.startsWith('custom.'));
		for (const { id, value } of custom)
			check(`${name}: ${id}`, `Partial<p${n}.FieldConfig>`, { [id.slice(7)]: value });
		for (const { id, value } of panel.fieldConfig.overrides.flatMap((o) => o.properties).filter((p) => !p.id.startsWith('custom.')))
			check(`${name}: ${id}`, 'Partial<NonNullable<Panel["fieldConfig"]>["defaults"]>', { [id]: value });
	}
}

const source = path.join(here, 'dashboards.ts'), options = { strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022,
	module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, types: [] };
const host = ts.createCompilerHost(options), { fileExists, getSourceFile } = host;

host.fileExists = (f) => f === source || fileExists.call(host, f);
host.getSourceFile = (f, ...rest) => f === source ? ts.createSourceFile(f, text, ts.ScriptTarget.ES2022) : getSourceFile.call(host, f, ...rest);
const errors = ts.getPreEmitDiagnostics(ts.createProgram([source], options, host));

for (const e of errors) {
	const line = e.file ? e.file.getLineAndCharacterOfPosition(e.start).line : 0;

	console.log(`${where[line] ?? ''}: ${ts.flattenDiagnosticMessageText(e.messageText, ' ')}`);
}
process.exit(errors.length ? 1 : 0);
