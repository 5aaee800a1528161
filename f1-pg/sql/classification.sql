-- classification: the game's own, and before there is one, or in years without, what the last samples say
-- SPDX-License-Identifier: MIT

CREATE OR REPLACE VIEW f1.classification AS
SELECT c.race_id, c.position, c.car, d.driver, d.team, d.race_number, NULLIF(c.grid_position, 0) AS grid_position, c.laps,
	c.race_ms, c.penalty_seconds, f1.lap_time(c.race_ms + 1000 * c.penalty_seconds) AS race_time,
	CASE WHEN c.laps = max(c.laps) OVER race
	THEN c.race_ms + 1000 * c.penalty_seconds - min(c.race_ms + 1000 * c.penalty_seconds) FILTER (WHERE c.position = 1) OVER race
	END AS gap_ms,
	max(c.laps) OVER race - c.laps AS laps_down, NULLIF(c.best_ms, 0) AS best_ms, f1.lap_time(NULLIF(c.best_ms, 0)) AS best_time,
	c.pit_stops, c.points, COALESCE(s.name, 'Status ' || c.result_status) AS status, r.name AS reason, c.told, c.is_race
FROM (
	SELECT c.race_id, c.is_race, r.packet_format, r.position, r.car, r.grid_position, r.num_laps AS laps,
		CASE WHEN c.is_race THEN NULLIF(f1.whole(CASE WHEN abs(r.total_race_time) < 1e9 THEN r.total_race_time * 1000 END), 0) END AS race_ms,
		r.penalties_time AS penalty_seconds,
		f1.whole(COALESCE(r.best_lap_time_in_ms, r.best_lap_time * 1000)) AS best_ms, r.num_pit_stops AS pit_stops,
		CASE WHEN c.is_race THEN r.points END AS points, r.result_status, r.result_reason, true AS told
	FROM f1.session_chain c
	JOIN f1.final_classification r USING (session_uid)
	WHERE c.is_last
	UNION ALL
	SELECT l.race_id, l.is_race, l.packet_format, l.car_position, l.car, l.grid_position, COALESCE(t.laps, 0),
		CASE WHEN l.is_race THEN t.race_ms END, l.penalties, t.best_ms, COALESCE(l.num_pit_stops, t.pit_stops), NULL,
		l.result_status, NULL, false
	FROM (
		-- the last sample of each car
		SELECT DISTINCT ON (t.race_id, e.car) t.race_id, t.is_race, e.*
		FROM f1.timeline t
		JOIN f1.lap_ends e ON e.session_uid = t.session_uid AND e.pass = t.pass AND e.overall_frame_identifier <= t.last_frame
			AND (t.until_time IS NULL OR e.session_time < t.until_time)
		ORDER BY t.race_id, e.car, t.part DESC, e.overall_frame_identifier DESC
	) l
	LEFT JOIN (
		SELECT race_id, car, max(lap_num) FILTER (WHERE complete) AS laps,
			(array_agg(race_ms ORDER BY lap_num DESC) FILTER (WHERE complete))[1] AS race_ms,
			min(lap_ms) FILTER (WHERE valid) AS best_ms,
			count(*) FILTER (WHERE in_lap AND complete) AS pit_stops
		FROM f1.laps
		GROUP BY race_id, car
	) t ON t.race_id = l.race_id AND t.car = l.car
	WHERE NOT EXISTS (
		SELECT
		FROM f1.session_chain c
		JOIN f1.final_classification r USING (session_uid)
		WHERE c.race_id = l.race_id AND c.is_last
	)
) c
LEFT JOIN f1.drivers d ON d.race_id = c.race_id AND d.car = c.car
LEFT JOIN f1.enum_result_status s ON s.packet_format = c.packet_format AND s.value = c.result_status
LEFT JOIN f1.enum_result_reason r ON r.packet_format = c.packet_format AND r.value = c.result_reason
WINDOW race AS (PARTITION BY c.race_id);
COMMENT ON VIEW f1.classification IS 'The result of each race and session: from the classification of the game, or, before that comes and in 2018 and 2019, which have none, from the cars as they were seen last';
COMMENT ON COLUMN f1.classification.position IS 'Position';
COMMENT ON COLUMN f1.classification.race_number IS 'Number on the car';
COMMENT ON COLUMN f1.classification.grid_position IS 'Position on the grid';
COMMENT ON COLUMN f1.classification.laps IS 'Laps finished';
COMMENT ON COLUMN f1.classification.race_ms IS 'Time of the race without penalties [ms]; null in other sessions';
COMMENT ON COLUMN f1.classification.penalty_seconds IS 'Time penalties [s]';
COMMENT ON COLUMN f1.classification.race_time IS 'Time of the race with penalties, as text';
COMMENT ON COLUMN f1.classification.gap_ms IS 'Time behind the winner, penalties included [ms]; null if laps behind';
COMMENT ON COLUMN f1.classification.laps_down IS 'Laps behind the winner';
COMMENT ON COLUMN f1.classification.best_ms IS 'Best lap [ms]';
COMMENT ON COLUMN f1.classification.best_time IS 'The same as text';
COMMENT ON COLUMN f1.classification.pit_stops IS 'Pit stops';
COMMENT ON COLUMN f1.classification.points IS 'Points; null in other sessions';
COMMENT ON COLUMN f1.classification.status IS 'Finished, retired and so on';
COMMENT ON COLUMN f1.classification.reason IS 'The reason for it. Formats 2025-2026';
COMMENT ON COLUMN f1.classification.told IS 'Is it from the classification of the game?';
