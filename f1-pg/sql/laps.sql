-- laps: the laps of each car on the final timeline, and what can be asked of them
-- SPDX-License-Identifier: MIT

CREATE OR REPLACE FUNCTION f1.lap_time(ms bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	AS $$ SELECT CASE WHEN ms < 0 THEN '-' ELSE '' END || CASE WHEN abs(ms) >= 3600000 THEN to_char(make_interval(secs => abs(ms) / 1000.0), 'FMHH24:MI:SS.MS')
		ELSE to_char(make_interval(secs => abs(ms) / 1000.0), 'FMMI:SS.MS') END $$;
COMMENT ON FUNCTION f1.lap_time IS 'Milliseconds as people write lap times: 1:23.456';

-- All that is known of a lap, in one pass and without joins: its first and last sample, the first one out of the pits (what
-- tyre it was driven on), the first one of the next lap (with the lap's time), and what the game tells afterwards, and so of
-- laps, too, that nobody saw.
CREATE OR REPLACE VIEW f1.lap_facts AS
SELECT race_id, car, lap_num, COALESCE((f).packet_format, (n).packet_format, (h).packet_format) AS packet_format,
	CASE
	-- a lap that is being driven again after a flashback still has its old time in the history
	WHEN f IS NULL OR NOT (n IS NULL) OR (l).result_status > 2
	THEN COALESCE((h).lap_time_in_ms, NULLIF((n).last_lap_time_in_ms, 0))
	END AS lap_ms,
	COALESCE((h).sector1_time_ms_part + 60000 * (h).sector1_time_minutes_part,
		NULLIF((h).sector1_time_in_ms, 65535), NULLIF(NULLIF((l).sector1_time_in_ms, 0), 65535)) AS sector1_ms,
	COALESCE((h).sector2_time_ms_part + 60000 * (h).sector2_time_minutes_part,
		NULLIF((h).sector2_time_in_ms, 65535), NULLIF(NULLIF((l).sector2_time_in_ms, 0), 65535)) AS sector2_ms,
	COALESCE((h).sector3_time_ms_part + 60000 * (h).sector3_time_minutes_part,
		NULLIF((h).sector3_time_in_ms, 65535)) AS sector3_ms,
	COALESCE((h).lap_valid_bit_flags & 1 = 1, (l).current_lap_invalid = 0) AS valid,
	CASE WHEN f IS NULL OR NOT (n IS NULL) THEN position_told END AS position_told, is_race,
	(f).session_uid AS first_session, (f).overall_frame_identifier AS first_frame, (f).session_time AS first_time,
	(f).current_lap_time_in_ms AS first_current_ms, (f).pit_status AS first_pit_status, (f).car_position AS first_position,
	(l).session_uid AS last_session, (l).overall_frame_identifier AS last_frame, (l).session_time AS last_time,
	(l).current_lap_time_in_ms AS last_current_ms, (l).pit_status AS last_pit_status, (l).car_position AS last_position,
	(l).num_pit_stops, (l).penalties, (l).total_warnings, (l).result_status, (l).driver_status, (l).speed_trap_fastest_speed,
	COALESCE((l).grid_position, (n).grid_position) AS grid_position,
	(r).session_uid AS run_session, (r).overall_frame_identifier AS run_frame,
	(n).session_uid AS next_session, (n).overall_frame_identifier AS next_frame, (n).pit_status AS next_pit_status,
	(n).car_position AS next_position, (n).session_time - (n).current_lap_time_in_ms / 1000.0 AS end_time
FROM (
	SELECT race_id, car, lap_num, bool_or(is_race) AS is_race,
		(array_agg(e ORDER BY part, frame) FILTER (WHERE kind = 'lap'))[1] AS f,
		(array_agg(e ORDER BY part DESC, frame DESC) FILTER (WHERE kind = 'lap'))[1] AS l,
		(array_agg(e ORDER BY part, frame) FILTER (WHERE kind = 'lap' AND (e).pit_status = 0))[1] AS r,
		(array_agg(e ORDER BY part, frame) FILTER (WHERE kind = 'next'))[1] AS n,
		(array_agg(h ORDER BY part DESC) FILTER (WHERE kind = 'told'))[1] AS h,
		(array_agg(position ORDER BY part DESC) FILTER (WHERE kind = 'position'))[1] AS position_told
	FROM (
		SELECT t.race_id, t.is_race, t.part, (e).car, ((e).lap_num - k.before)::smallint AS lap_num, k.kind,
			(e).overall_frame_identifier AS frame, e, NULL::f1.lap_history AS h, NULL::smallint AS position
		FROM f1.timeline t
		CROSS JOIN LATERAL (
			SELECT e
			FROM f1.lap_ends e
			WHERE e.session_uid = t.session_uid AND e.pass = t.pass AND e.overall_frame_identifier <= t.last_frame
				AND (t.until_time IS NULL OR e.session_time < t.until_time)
			OFFSET 0	-- first the stretch, then its laps, whatever the planner thinks
		) e
		CROSS JOIN (VALUES (0, 'lap'), (1, 'next')) k (before, kind)
		UNION ALL
		SELECT c.race_id, c.is_race, c.part, h.car, h.lap_num, 'told', h.overall_frame_identifier, NULL::f1.lap_ends, h, NULL
		FROM f1.session_chain c
		JOIN f1.lap_history h ON h.session_uid = c.session_uid
		WHERE h.lap_time_in_ms > 0
		UNION ALL	-- the position at the beginning of a lap is that at the end of the one before
		SELECT c.race_id, c.is_race, c.part, p.car, (p.lap_num - 1)::smallint, 'position', p.overall_frame_identifier, NULL::f1.lap_ends,
			NULL::f1.lap_history, p.position
		FROM f1.session_chain c
		JOIN f1.lap_positions p ON p.session_uid = c.session_uid
	) a
	GROUP BY race_id, car, lap_num
) x
WHERE lap_num >= 0
	AND COALESCE((f).result_status, 2) < 3		-- behind the flag the lap number goes on
	AND (NOT (f IS NULL) OR NOT (h IS NULL) OR (n).last_lap_time_in_ms > 0 OR position_told IS NOT NULL);
COMMENT ON VIEW f1.lap_facts IS 'All that is known of a lap, live or told afterwards: what laps and the views like it are made of. Lap 0 is the grid';

-- What the game tells of the stints: session_history from 2021 on, the classification in 2020.
CREATE OR REPLACE VIEW f1.told_stints AS
SELECT race_id, car, stint::smallint, (COALESCE(lag(end_lap) OVER (PARTITION BY race_id, car ORDER BY stint), 0) + 1)::smallint AS first_lap,
	NULLIF(end_lap, 255) AS last_lap, packet_format, actual, visual
FROM (
	SELECT c.race_id, s.car, s.stint + 1 AS stint, s.end_lap, s.packet_format, s.tyre_actual_compound AS actual,
		s.tyre_visual_compound AS visual
	FROM f1.session_chain c
	JOIN f1.tyre_stints s USING (session_uid)
	-- a stop that a flashback took back
	LEFT JOIN f1.session_history h ON h.session_uid = s.session_uid AND h.car = s.car
	WHERE c.is_last AND s.stint < COALESCE(h.num_tyre_stints, 8)
	UNION ALL
	SELECT c.race_id, r.car, u.stint, u.end_lap, r.packet_format, u.actual, u.visual
	FROM f1.session_chain c
	JOIN f1.final_classification r USING (session_uid)
	CROSS JOIN LATERAL unnest(r.tyre_stints_actual, r.tyre_stints_visual, r.tyre_stints_end_laps) WITH ORDINALITY
		u (actual, visual, end_lap, stint)
	WHERE c.is_last AND r.packet_format = 2020 AND u.stint <= r.num_tyre_stints
) s
WHERE visual > 0;
COMMENT ON VIEW f1.told_stints IS 'The stints as the game tells them. Formats 2020-2026';

CREATE OR REPLACE VIEW f1.laps AS
SELECT l.race_id, l.car, d.driver, d.team, l.lap_num, l.lap_ms, f1.lap_time(l.lap_ms) AS lap_time,
	COALESCE(l.sector1_ms, l.lap_ms - l.sector2_ms - l.sector3_ms) AS sector1_ms,
	COALESCE(l.sector2_ms, l.lap_ms - l.sector1_ms - l.sector3_ms) AS sector2_ms,
	COALESCE(l.sector3_ms, l.lap_ms - l.sector1_ms - l.sector2_ms) AS sector3_ms,
	l.valid, l.position, COALESCE(v.name, k.name) AS tyre, a.name AS compound, l.tyre_age, l.in_lap, l.out_lap,
	l.lap_ms IS NOT NULL AS complete, l.seen, l.race_ms, l.end_time::real - l.lap_ms / 1000.0::real AS start_time,
	l.end_time::real AS end_time, l.penalties AS penalty_seconds, l.total_warnings AS warnings,
	l.speed_trap_fastest_speed AS speed_trap, l.is_race
FROM (
	SELECT l.*, t.visual AS told_visual, t.actual AS told_actual,
		COALESCE(l.position_told, l.next_position, CASE WHEN l.result_status > 2 THEN l.last_position END,
			-- nobody saw it: in a race the order is that of the times so far
			CASE WHEN l.is_race AND l.race_ms IS NOT NULL
			THEN rank() OVER (PARTITION BY l.race_id, l.lap_num ORDER BY l.race_ms) END)::smallint AS position,
		COALESCE(l.last_pit_status > 0 OR l.next_pit_status > 0, l.next_pit_status > 0) AS in_lap,
		l.first_pit_status > 0 AS out_lap,
		l.first_frame IS NOT NULL AS seen,
		-- of the first sample out of the pits
		s.actual_tyre_compound, s.visual_tyre_compound, s.tyre_compound, s.tyre_age
	FROM (
		SELECT f.*, CASE WHEN count(f.lap_ms) OVER sofar = f.lap_num THEN sum(f.lap_ms) OVER sofar END AS race_ms
		FROM f1.lap_facts f
		WHERE f.lap_num > 0
		WINDOW sofar AS (PARTITION BY f.race_id, f.car ORDER BY f.lap_num)
	) l
	LEFT JOIN f1.told_stints t ON t.race_id = l.race_id AND t.car = l.car AND l.lap_num >= t.first_lap
		AND (l.lap_num <= t.last_lap OR t.last_lap IS NULL)
	LEFT JOIN LATERAL (
		SELECT s.actual_tyre_compound, s.visual_tyre_compound, s.tyre_compound, s.tyres_age_laps AS tyre_age
		FROM f1.car_status s
		WHERE s.session_uid = l.run_session AND s.car = l.car
			AND s.overall_frame_identifier BETWEEN l.run_frame AND l.last_frame
		ORDER BY s.overall_frame_identifier
		LIMIT 1
	) s ON true
) l
LEFT JOIN f1.drivers d ON d.race_id = l.race_id AND d.car = l.car
LEFT JOIN f1.enum_tyre_visual v ON v.packet_format = l.packet_format AND v.value = COALESCE(l.told_visual, l.visual_tyre_compound)
LEFT JOIN f1.enum_tyre_actual a ON a.packet_format = l.packet_format AND a.value = COALESCE(l.told_actual, l.actual_tyre_compound)
LEFT JOIN f1.enum_tyre_compound k ON k.packet_format = l.packet_format AND k.value = l.tyre_compound;
