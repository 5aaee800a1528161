/* SPDX-License-Identifier: MIT */
/* connection.js: the WebSocket to f1-ws: opened again when it is lost, and in another selection without a gap */

const FIRST_WAIT = 250, LAST_WAIT = 4000;	/* ms before a new try; each is twice the one before */

export class Connection {
	/* onrecord gets each record, onchange nothing: it looks at status */
	constructor(onrecord, onchange)
	{
		this.onrecord = onrecord;
		this.onchange = onchange;
		this.status = 'connecting';	/* then open or lost */
		this.last = 0;			/* when a record came, by performance.now() */
		this.wait = FIRST_WAIT;
		this.selectors = '';
		this.socket = this.next = null;
		this.timer = 0;
	}

	/* select: what to get from now on; the old socket goes when the new one is open */
	select(selectors)
	{
		const s = selectors.join(',');

		if (s === this.selectors)
			return;
		this.selectors = s;
		this.open();
	}

	url()
	{
		const url = new URL('./', location.href), token = new URLSearchParams(location.search).get('token');

		url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
		url.hash = '';
		/* selectors hold no character that a query must escape */
		url.search = `select=${this.selectors}${token ? `&token=${encodeURIComponent(token)}` : ''}`;
		return url;
	}

	open()
	{
		const socket = new WebSocket(this.url());

		clearTimeout(this.timer);
		this.next = socket;
		socket.onopen = () => {
			const old = this.socket;

			if (socket !== this.next) {
				socket.close();		/* another selection came meanwhile */
				return;
			}
			this.socket = socket;
			this.next = null;
			this.wait = FIRST_WAIT;
			this.set('open');
			if (old)
				old.close();
		};
		socket.onmessage = (message) => {
			if (socket !== this.socket)
				return;
			this.last = performance.now();
			let record;

			try {
				record = JSON.parse(message.data);
			} catch {
				return;		/* a torn message is not our end */
			}
			this.onrecord(record);
		};
		socket.onclose = () => {
			if (socket !== this.socket && socket !== this.next)
				return;
			if (socket === this.next)
				this.next = null;
			else
				this.socket = null;
			if (this.next)
				return;
			/* the old selection goes on until the new one can be had */
			if (!this.socket)
				this.set('lost');
			this.timer = setTimeout(() => this.open(), this.wait);
			this.wait = Math.min(LAST_WAIT, this.wait * 2);
		};
	}

	set(status)
	{
		this.status = status;
		this.onchange();
	}
}
