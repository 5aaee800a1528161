/* SPDX-License-Identifier: MIT */
/*
 * superset.mjs: opens a dashboard of Superset in a real browser, each of its tabs, and tells what every chart was answered
 * usage: BROWSER=... node superset.mjs URL USER PASSWORD DASHBOARD FOLDER
 *
 * stdout: "chart ID STATUS ROWS KIND" an answer, "filter ID STATUS ROWS COLUMNS", "error TAB TEXT" for what the page says of
 * one, "tab NAME"; a photograph of each tab goes into FOLDER
 */

import { chromium } from 'playwright-core';

const [url, user, password, dashboard, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1600, height: 1900 } });
page.setDefaultTimeout(120000);

let waiting = 0;
let last = Date.now();
page.on('request', (r) => {
	if (r.url().includes('/api/v1/'))
		waiting++, last = Date.now();
});
const done = (r) => {
	if (r.url().includes('/api/v1/'))
		waiting--, last = Date.now();
};
page.on('requestfinished', done);
page.on('requestfailed', done);
const reading = [];
page.on('response', (response) => {
	const at = new URL(response.url());
	if (at.pathname !== '/api/v1/chart/data')
		return;
	reading.push((async () => {
		const { form_data: form, queries } = response.request().postDataJSON();
		const text = await response.text();
		let rows = 0;
		try {
			rows = Math.min(...JSON.parse(text).result.map((r) => (r.data ?? []).length));
		} catch {
			/* no rows: the status tells why */
		}
		if (form?.slice_id)
			console.log('chart', form.slice_id, response.status(), rows, response.ok() ? form.viz_type : text.slice(0, 300));
		else
			console.log('filter', form?.native_filter_id, response.status(), rows, JSON.stringify(queries[0].columns));
	})());
});
/* nothing was asked for two seconds, and no answer is open */
const settled = async () => {
	const end = Date.now() + 180000;
	while ((waiting > 0 || Date.now() - last < 2000) && Date.now() < end)
		await page.waitForTimeout(100);
	await Promise.all(reading);
};

await page.goto(url + '/login/');
await page.fill('input[name=username], #username', user);
await page.fill('input[name=password], #password', password);
await Promise.all([page.waitForURL((u) => !u.pathname.startsWith('/login')), page.click('[type=submit], [data-test=login-button]')]);
await page.goto(`${url}/superset/dashboard/${dashboard}/?standalone=0`);
await page.waitForSelector('.dashboard-component-tabs [role=tab]');
const tabs = page.locator('.dashboard-component-tabs [role=tab]');
const names = await tabs.allTextContents();
for (const [i, name] of names.entries()) {
	await tabs.nth(i).click();
	await settled();
	await page.waitForTimeout(1500);	/* charts draw themselves slowly */
	await page.screenshot({ path: `${folder}/${i + 1}-${name.toLowerCase()}.png` });
	for (const text of await page.locator('.ant-alert-error:visible, [role=alert]:visible').allTextContents())
		console.log('error', name, text.slice(0, 200));
	console.log('tab', name);
}
await browser.close();
