-- common: the columns that most views have, so that their comments need not stand there each time
-- SPDX-License-Identifier: MIT

DO $$
DECLARE
	c record;
BEGIN
	FOR c IN
		SELECT a.attrelid::regclass AS view, a.attname, v.text
		FROM pg_class k
		JOIN pg_attribute a ON a.attrelid = k.oid
		JOIN (VALUES
			('race_id', 'The race, as in races: UID of its first session'),
			('session_uid', 'UID of the session'),
			('part', 'Part of the race, from 1'),
			('packet_format', 'Year of the packet format'),
			('car', 'Index of the car'),
			('driver', 'Name of the driver, of the league or of the game'),
			('team', 'Team, of the league or of the game'),
			('lap_num', 'Lap, from 1'),
			('is_race', 'Is it a race?')
		) v (name, text) ON v.name = a.attname
		WHERE k.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'f1.laps'::regclass) AND k.relkind = 'v' AND col_description(a.attrelid, a.attnum) IS NULL
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', c.view, c.attname, c.text);
	END LOOP;
END $$;
