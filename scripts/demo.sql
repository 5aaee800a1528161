-- demo.sql: what scripts/demo shows of the session :'uid' (16 hex digits)
-- SPDX-License-Identifier: MIT
\pset footer off
SELECT race_id FROM f1.sessions WHERE session = :'uid' \gset

SELECT track, session_type AS session, packet_format AS format, total_laps AS laps, weather, track_temperature || ' °C' AS track_temperature,
	race AS session_uid
FROM f1.races
WHERE race_id = :race_id;

\echo Classification
SELECT position AS pos, car, driver, team, laps, grid_position AS grid, pit_stops AS stops, race_time,
	CASE WHEN laps_down > 0 THEN '+' || laps_down || ' laps' ELSE '+' || f1.lap_time(gap_ms) END AS gap, best_time, points, status
FROM f1.classification
WHERE race_id = :race_id
ORDER BY position;

\echo Fastest laps
SELECT rank AS pos, car, driver, lap_time, lap_num AS lap, tyre, f1.lap_time(sector1_ms) AS sector1, f1.lap_time(sector2_ms) AS sector2,
	f1.lap_time(sector3_ms) AS sector3
FROM f1.fastest_laps
WHERE race_id = :race_id
ORDER BY rank
LIMIT 5;

\echo Stints
SELECT driver, string_agg(tyre || ' ' || first_lap || '-' || last_lap, ', ' ORDER BY stint) AS stints
FROM f1.stints
JOIN f1.classification c USING (race_id, car, driver)
WHERE race_id = :race_id
GROUP BY c.position, driver
ORDER BY c.position
LIMIT 5;
