/* SPDX-License-Identifier: MIT */
/* dom.js: the few things done to the document, each of them only if it changes something */

export const $ = (id) => document.getElementById(id);

/* make: a new element at the end of parent */
export function make(parent, tag, className)
{
	const node = document.createElement(tag);

	if (className)
		node.className = className;
	parent.append(node);
	return node;
}

/* what was last written into a node is kept beside it: comparing that is cheaper than asking the document */
const written = new WeakMap();

function changes(node, key, value)
{
	let had = written.get(node);

	if (!had)
		written.set(node, had = new Map());
	if (had.get(key) === value)
		return false;
	had.set(key, value);
	return true;
}

/* text: names come from other people, so everything goes in as text and never as markup */
export function text(node, value)
{
	const s = value === null || value === undefined ? '' : String(value);

	if (!changes(node, 'text', s))
		return;
	if (node.firstChild && !node.firstChild.nextSibling && node.firstChild.nodeType === Node.TEXT_NODE)
		node.firstChild.data = s;
	else
		node.textContent = s;
}

export function data(node, name, value)
{
	if (!changes(node, `data-${name}`, value))
		return;
	if (value === null || value === undefined)
		node.removeAttribute(`data-${name}`);
	else
		node.setAttribute(`data-${name}`, value);
}

export function attribute(node, name, value)
{
	if (changes(node, name, value))
		node.setAttribute(name, value);
}

export function style(node, name, value)
{
	if (changes(node, `style.${name}`, value))
		node.style.setProperty(name, value);
}

export function hide(node, hidden)
{
	if (changes(node, 'hidden', hidden))
		node.toggleAttribute('hidden', hidden);
}

/* scale: fills a bar; share is 0..1, coarse enough that a bar that stands still costs nothing */
export function scale(node, share)
{
	const s = Math.round(Math.min(1, Math.max(-1, share || 0)) * 250) / 250;

	style(node, 'transform', `scaleX(${s})`);
}
