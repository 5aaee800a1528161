-- laps: the laps of each car on the final timeline, and what can be asked of them
-- SPDX-License-Identifier: MIT

CREATE OR REPLACE FUNCTION f1.lap_time(ms bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	AS $$ SELECT CASE WHEN ms < 0 THEN '-' ELSE '' END || to_char(make_interval(secs => abs(ms) / 1000.0),
		CASE WHEN abs(ms) >= 3600000 THEN 'FMHH24:MI:SS.MS' ELSE 'FMMI:SS.MS' END) $$;
COMMENT ON FUNCTION f1.lap_time IS 'Milliseconds as a lap time is written: 1:23.456';

-- All that is known of a lap, in one pass and without joins: its first and last sample, the first one out of the pits (what
-- tyre it was driven on), the first one of the next lap (with the lap's time), and what the game tells afterwards, and so of
-- laps, too, that nobody saw.
CREATE OR REPLACE VIEW f1.lap_facts AS
SELECT race_id, car, lap_num, COALESCE((f).packet_format, (n).packet_format, (h).packet_format) AS packet_format,
	CASE
	-- a lap that is being driven again after a flashback still has its old time in the history
	WHEN f IS NULL OR NOT (n IS NULL) OR (l).result_status > 2
	THEN COALESCE(f1.whole((h).lap_time_in_ms), NULLIF((n).last_lap_time_in_ms, 0))
	END AS lap_ms,
	COALESCE((h).sector1_time_ms_part + 60000 * (h).sector1_time_minutes_part,
		NULLIF((h).sector1_time_in_ms, 65535), NULLIF(NULLIF((l).sector1_time_in_ms, 0), 65535)) AS sector1_ms,
	COALESCE((h).sector2_time_ms_part + 60000 * (h).sector2_time_minutes_part,
		NULLIF((h).sector2_time_in_ms, 65535), NULLIF(NULLIF((l).sector2_time_in_ms, 0), 65535)) AS sector2_ms,
	COALESCE((h).sector3_time_ms_part + 60000 * (h).sector3_time_minutes_part,
		NULLIF((h).sector3_time_in_ms, 65535)) AS sector3_ms,
	COALESCE((h).lap_valid_bit_flags & 1 = 1, (l).current_lap_invalid = 0) AS valid,
	COALESCE((h).lap_valid_bit_flags, CASE WHEN (l).current_lap_invalid = 0 THEN 15 ELSE 0 END) AS valid_flags,
	CASE WHEN f IS NULL OR NOT (n IS NULL) THEN position_told END AS position_told, is_race,
	(f).session_uid AS first_session, (f).overall_frame_identifier AS first_frame, (f).session_time AS first_time,
	(f).current_lap_time_in_ms AS first_current_ms, (f).pit_status AS first_pit_status, (f).car_position AS first_position,
	(l).session_uid AS last_session, (l).overall_frame_identifier AS last_frame, (l).session_time AS last_time,
	(l).current_lap_time_in_ms AS last_current_ms, (l).pit_status AS last_pit_status, (l).car_position AS last_position,
	(l).num_pit_stops, (l).penalties, (l).total_warnings, (l).result_status, (l).driver_status, (l).speed_trap_fastest_speed,
	COALESCE((l).grid_position, (n).grid_position) AS grid_position,
	(r).session_uid AS run_session, (r).overall_frame_identifier AS run_frame,
	-- if the next lap was seen from its line on
	CASE WHEN (n).current_lap_time_in_ms < 2000 THEN (n).pit_status END AS next_pit_status,
	CASE WHEN (n).current_lap_time_in_ms < 2000 THEN (n).car_position END AS next_position,
	(n).session_time - (n).current_lap_time_in_ms / 1000.0 AS end_time
FROM (
	SELECT race_id, car, lap_num, bool_or(is_race) AS is_race,
		(array_agg(e ORDER BY part, frame) FILTER (WHERE kind = 'lap'))[1] AS f,
		(array_agg(e ORDER BY part DESC, frame DESC) FILTER (WHERE kind = 'lap'))[1] AS l,
		(array_agg(e ORDER BY part, frame) FILTER (WHERE kind = 'lap' AND (e).pit_status = 0))[1] AS r,
		(array_agg(e ORDER BY part, frame) FILTER (WHERE kind = 'next'))[1] AS n,
		-- what was told before a reload to this lap, or to one before it, is undone
		CASE WHEN max(part) FILTER (WHERE kind = 'told')
			< max(max(part) FILTER (WHERE kind = 'lap' AND (e).result_status = 2)) OVER sofar
		THEN NULL ELSE (array_agg(h ORDER BY part DESC) FILTER (WHERE kind = 'told'))[1] END AS h,
		CASE WHEN max(part) FILTER (WHERE kind = 'position')
			< max(max(part) FILTER (WHERE kind = 'lap' AND (e).result_status = 2)) OVER sofar
		THEN NULL ELSE (array_agg(position ORDER BY part DESC) FILTER (WHERE kind = 'position'))[1] END AS position_told
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
		SELECT c.race_id, c.is_race, c.part, p.car, (p.lap_num - 1)::smallint, 'position',
			p.overall_frame_identifier, NULL::f1.lap_ends,
			NULL::f1.lap_history, p.position
		FROM f1.session_chain c
		JOIN f1.lap_positions p ON p.session_uid = c.session_uid
	) a
	GROUP BY race_id, car, lap_num
	WINDOW sofar AS (PARTITION BY race_id, car ORDER BY lap_num)
) x
WHERE lap_num >= 0
	AND COALESCE((f).result_status, 2) < 3		-- behind the flag the lap number goes on
	AND (NOT (f IS NULL) OR NOT (h IS NULL) OR (n).last_lap_time_in_ms > 0 OR position_told IS NOT NULL);
COMMENT ON VIEW f1.lap_facts IS 'All that is known of a lap, seen live or sent afterwards, for laps and similar views. Lap 0 is the grid';

-- What the game tells of the stints; a stop that a flashback took back is not among the first num_tyre_stints. A stint begins
-- behind all before it, so that no lap is of two.
CREATE OR REPLACE VIEW f1.told_stints AS
SELECT c.race_id, s.car, (s.stint + 1)::smallint AS stint,
	(COALESCE(max(s.end_lap) OVER (PARTITION BY c.race_id, s.car ORDER BY s.stint ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
		0) + 1)::smallint AS first_lap,
	NULLIF(s.end_lap, 255) AS last_lap, s.packet_format, s.tyre_actual_compound AS actual, s.tyre_visual_compound AS visual,
	lead(s.stint) OVER (PARTITION BY c.race_id, s.car ORDER BY s.stint) IS NOT NULL AS ends
FROM f1.session_chain c
JOIN f1.tyre_stints s ON s.session_uid = c.session_uid
LEFT JOIN f1.session_history h ON h.session_uid = s.session_uid AND h.car = s.car
WHERE c.is_last AND s.stint < COALESCE(h.num_tyre_stints, 8) AND s.tyre_visual_compound > 0;
COMMENT ON VIEW f1.told_stints IS 'The stints as the game sends them. Formats 2021-2026';

CREATE OR REPLACE VIEW f1.laps AS
SELECT l.race_id, l.car, d.driver, d.team, l.lap_num, l.lap_ms, f1.lap_time(l.lap_ms) AS lap_time,
	COALESCE(l.sector1_ms, l.lap_ms - l.sector2_ms - l.sector3_ms) AS sector1_ms,
	COALESCE(l.sector2_ms, l.lap_ms - l.sector1_ms - l.sector3_ms) AS sector2_ms,
	COALESCE(l.sector3_ms, l.lap_ms - l.sector1_ms - l.sector2_ms) AS sector3_ms,
	l.valid, l.position, COALESCE(v.name, k.name) AS tyre, a.name AS compound,
	CASE WHEN l.packet_format <> 2020 OR d.restricted IS NOT TRUE THEN l.tyre_age END AS tyre_age,	-- that year hides it, too
	l.in_lap, l.out_lap,
	COALESCE(l.told_stint, 1 + count(*) FILTER (WHERE l.in_lap) OVER (PARTITION BY l.race_id, l.car ORDER BY l.lap_num
		ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))::smallint AS stint,
	l.lap_ms IS NOT NULL AS complete, l.seen, l.race_ms, (l.end_time - l.lap_ms / 1000.0)::real AS start_time,
	l.end_time::real AS end_time, l.penalties AS penalty_seconds, l.total_warnings AS warnings,
	l.speed_trap_fastest_speed AS speed_trap, l.result_status, l.valid_flags,
	l.last_session, l.last_frame, l.is_race, l.packet_format
FROM (
	SELECT l.*, t.visual AS told_visual, t.actual AS told_actual, t.stint AS told_stint,
		COALESCE(l.position_told, l.next_position, CASE WHEN l.result_status > 2 THEN l.last_position END,
			-- nobody saw it end, but the times of all are known: in a race the order is that of the times so far
			CASE WHEN l.is_race AND l.race_ms IS NOT NULL AND (l.first_frame IS NOT NULL OR l.packet_format >= 2021)
			THEN rank() OVER (PARTITION BY l.race_id, l.lap_num ORDER BY l.race_ms) END)::smallint AS position,
		-- also if nobody saw it: between two stints there is a stop
		COALESCE(NULLIF(l.last_pit_status > 0, false), l.next_pit_status > 0,
			NULLIF(t.ends AND l.lap_num = t.last_lap, false)) AS in_lap,
		COALESCE(CASE WHEN l.lap_num = 1 OR l.first_current_ms < 2000 THEN l.first_pit_status > 0 END,
			NULLIF(t.stint > 1 AND l.lap_num = t.first_lap, false)) AS out_lap,
		l.first_frame IS NOT NULL AS seen,
		-- of the first sample out of the pits
		s.actual_tyre_compound, s.visual_tyre_compound, s.tyre_compound, s.tyre_age
	FROM (
		SELECT f.*, CASE WHEN count(f.lap_ms) OVER sofar = f.lap_num THEN f1.whole(sum(f.lap_ms) OVER sofar) END AS race_ms
		FROM f1.lap_facts f
		WHERE f.lap_num > 0
		WINDOW sofar AS (PARTITION BY f.race_id, f.car ORDER BY f.lap_num)
	) l
	LEFT JOIN f1.told_stints t ON t.race_id = l.race_id AND t.car = l.car AND l.lap_num >= t.first_lap
		AND (l.lap_num <= t.last_lap OR t.last_lap IS NULL)
	LEFT JOIN LATERAL (
		SELECT s.actual_tyre_compound, s.visual_tyre_compound, s.tyre_compound, s.tyres_age_laps AS tyre_age
		FROM (
			(SELECT 1 AS choice, s.*
			FROM f1.car_status s
			WHERE s.session_uid = l.run_session AND s.car = l.car
				AND s.overall_frame_identifier BETWEEN l.run_frame AND l.run_frame + 600
			ORDER BY s.overall_frame_identifier
			LIMIT 1)
			UNION ALL	-- what f1-pg --keep-samples leaves, of a lap that ended on the track
			(SELECT 2, s.*
			FROM f1.car_status s
			WHERE l.last_pit_status = 0 AND s.session_uid = l.last_session AND s.car = l.car
				AND s.overall_frame_identifier BETWEEN l.last_frame - 600 AND l.last_frame
			ORDER BY s.overall_frame_identifier DESC
			LIMIT 1)
		) s
		ORDER BY s.choice
		LIMIT 1
	) s ON true
) l
LEFT JOIN f1.drivers d ON d.race_id = l.race_id AND d.car = l.car
LEFT JOIN f1.enum_tyre_visual v ON v.packet_format = l.packet_format
	AND v.value = COALESCE(l.told_visual, l.visual_tyre_compound)
LEFT JOIN f1.enum_tyre_actual a ON a.packet_format = l.packet_format
	AND a.value = COALESCE(l.told_actual, l.actual_tyre_compound)
LEFT JOIN f1.enum_tyre_compound k ON k.packet_format = l.packet_format AND k.value = l.tyre_compound;
COMMENT ON VIEW f1.laps IS 'The laps of each car, without what flashbacks and reloads took back; laps that were not seen live are included, as far as the game sends them afterwards';
COMMENT ON COLUMN f1.laps.lap_ms IS 'Time of the lap [ms]; null if it was not finished';
COMMENT ON COLUMN f1.laps.lap_time IS 'The same as text';
COMMENT ON COLUMN f1.laps.sector1_ms IS 'Time of sector 1 [ms]; up to 2022 the game cannot send more than 65 s';
COMMENT ON COLUMN f1.laps.sector2_ms IS 'Time of sector 2 [ms]';
COMMENT ON COLUMN f1.laps.sector3_ms IS 'Time of sector 3 [ms]';
COMMENT ON COLUMN f1.laps.valid IS 'Does the lap count for the best time?';
COMMENT ON COLUMN f1.laps.position IS 'Position at the end of the lap; in a race, for a lap that was not seen, by the times so far';
COMMENT ON COLUMN f1.laps.tyre IS 'Tyre, by its name in the game: soft, medium, hard and so on; on a lap that ends in the pits, that before the stop';
COMMENT ON COLUMN f1.laps.compound IS 'Compound (C1 to C6 and so on). Formats 2019-2026';
COMMENT ON COLUMN f1.laps.tyre_age IS 'Age of the tyres at the beginning of the lap, in laps. Formats 2020-2026';
COMMENT ON COLUMN f1.laps.in_lap IS 'Did it end in the pits?';
COMMENT ON COLUMN f1.laps.out_lap IS 'Did it begin in the pits?';
COMMENT ON COLUMN f1.laps.stint IS 'Stint, from 1';
COMMENT ON COLUMN f1.laps.complete IS 'Was it finished?';
COMMENT ON COLUMN f1.laps.seen IS 'Was anything of it seen live?';
COMMENT ON COLUMN f1.laps.race_ms IS 'Time of all laps up to this one [ms]; null if one is missing';
COMMENT ON COLUMN f1.laps.start_time IS 'Session time at the beginning of the lap [s]';
COMMENT ON COLUMN f1.laps.end_time IS 'Session time at the end of the lap [s]';
COMMENT ON COLUMN f1.laps.penalty_seconds IS 'Time penalties so far [s]';
COMMENT ON COLUMN f1.laps.warnings IS 'Warnings so far. Formats 2021-2026';
COMMENT ON COLUMN f1.laps.speed_trap IS 'Fastest speed at the speed trap so far [km/h]';
COMMENT ON COLUMN f1.laps.result_status IS 'State of the car at the end of the lap (enum_result_status)';
COMMENT ON COLUMN f1.laps.valid_flags IS 'Which parts of it count (enum_lap_valid_flags)';
COMMENT ON COLUMN f1.laps.last_session IS 'Session of the last sample of the lap';
COMMENT ON COLUMN f1.laps.last_frame IS 'Overall frame of the last sample of the lap';

CREATE OR REPLACE VIEW f1.positions AS
SELECT g.race_id, 0::smallint AS lap_num, g.car, d.driver, d.team, g.grid AS position
FROM (
	SELECT race_id, car, COALESCE(max(NULLIF(told_grid, 0)), max(NULLIF(grid_position, 0)))::smallint AS grid
	FROM (
		SELECT f.race_id, f.car, f.grid_position, NULL AS told_grid FROM f1.lap_facts f WHERE f.is_race
		UNION ALL
		SELECT c.race_id, r.car, NULL, r.grid_position
		FROM f1.session_chain c
		JOIN f1.final_classification r USING (session_uid)
		WHERE c.is_race
	) f
	GROUP BY race_id, car
) g
LEFT JOIN f1.drivers d ON d.race_id = g.race_id AND d.car = g.car
WHERE g.grid > 0
UNION ALL
SELECT race_id, lap_num, car, driver, team, position
FROM f1.laps
WHERE complete AND is_race;
COMMENT ON VIEW f1.positions IS 'The positions in races, on the grid and at the end of each lap';
COMMENT ON COLUMN f1.positions.lap_num IS 'Lap; 0 is the grid';
COMMENT ON COLUMN f1.positions.position IS 'Position';

-- The times of all laps so far are the same clock for all; where a lap is missing it is the time at the line.
CREATE OR REPLACE VIEW f1.gaps AS
SELECT race_id, lap_num, position, car, driver, team,
	f1.whole(1000 * (race_time - min(race_time) OVER lap)) AS to_leader_ms,
	f1.whole(1000 * (race_time - lag(race_time) OVER (PARTITION BY race_id, lap_num ORDER BY race_time))) AS to_ahead_ms
FROM (
	SELECT l.*, COALESCE(race_ms / 1000.0,
		end_time - COALESCE(min(end_time - race_ms / 1000.0) OVER (PARTITION BY race_id), 0)) AS race_time
	FROM f1.laps l
	WHERE is_race AND complete
) l
WHERE race_time IS NOT NULL
WINDOW lap AS (PARTITION BY race_id, lap_num);
COMMENT ON VIEW f1.gaps IS 'In races, how far behind a car was when it ended a lap; lapped cars are compared lap by lap';
COMMENT ON COLUMN f1.gaps.position IS 'Position at the end of the lap';
COMMENT ON COLUMN f1.gaps.to_leader_ms IS 'Time behind the first to end this lap [ms]';
COMMENT ON COLUMN f1.gaps.to_ahead_ms IS 'Time behind the car that ended this lap before it [ms]';

CREATE OR REPLACE VIEW f1.stints AS
SELECT race_id, car, driver, team, stint, min(lap_num) AS first_lap, max(lap_num) AS last_lap, count(*)::integer AS laps,
	(array_agg(tyre ORDER BY lap_num))[1] AS tyre, (array_agg(compound ORDER BY lap_num))[1] AS compound,
	(array_agg(tyre_age - lap_num ORDER BY lap_num) FILTER (WHERE tyre_age IS NOT NULL))[1] + min(lap_num) AS tyre_age,
	min(lap_ms) FILTER (WHERE valid) AS best_ms,
	round(avg(lap_ms) FILTER (WHERE NOT COALESCE(in_lap, false) AND NOT COALESCE(out_lap, false)
		AND lap_num > 1))::integer AS average_ms
FROM f1.laps
GROUP BY race_id, car, driver, team, stint;
COMMENT ON VIEW f1.stints IS 'The stints of each car';
COMMENT ON COLUMN f1.stints.stint IS 'Stint, from 1';
COMMENT ON COLUMN f1.stints.first_lap IS 'First lap of the stint';
COMMENT ON COLUMN f1.stints.last_lap IS 'Last lap of the stint so far';
COMMENT ON COLUMN f1.stints.laps IS 'How many laps of it are known';
COMMENT ON COLUMN f1.stints.tyre IS 'Tyre, by its name in the game';
COMMENT ON COLUMN f1.stints.compound IS 'Compound. Formats 2019-2026';
COMMENT ON COLUMN f1.stints.tyre_age IS 'Age of the tyres at the beginning of the stint, in laps. Formats 2020-2026';
COMMENT ON COLUMN f1.stints.best_ms IS 'Best lap that counts [ms]';
COMMENT ON COLUMN f1.stints.average_ms IS 'Average lap, without the first of the race and those into and out of the pits [ms]';

CREATE OR REPLACE VIEW f1.pit_stops AS
SELECT l.race_id, l.car, l.driver, l.team,
	(row_number() OVER (PARTITION BY l.race_id, l.car ORDER BY l.lap_num))::smallint AS stop, l.lap_num,
	p.in_time, p.out_time, COALESCE(p.lane_ms, f1.whole(1000 * f1.minus(p.out_time, p.in_time))) AS lane_ms, p.stop_ms,
	l.tyre AS tyre_before, l.next_tyre AS tyre_after, l.position AS position_before, l.next_position AS position_after
FROM (
	SELECT l.*, lead(tyre) OVER w AS next_tyre, lead(position) OVER w AS next_position, lead(stint) OVER w > stint AS stint_ends
	FROM f1.laps l
	WHERE is_race
	WINDOW w AS (PARTITION BY race_id, car ORDER BY lap_num)
) l
LEFT JOIN (
	-- from the first sample in the pit lane to the last one before another out of it, whatever laps and flashbacks lie between
	SELECT race_id, car, min(lap_num) AS lap_num, min(session_time) AS in_time, max(session_time) AS out_time,
		NULLIF(max(lane_ms), 0) AS lane_ms, NULLIF(max(stop_ms), 0) AS stop_ms
	FROM (
		SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY race_id, car ORDER BY part, frame, is_last) AS stop
		FROM (
			SELECT t.race_id, t.part, e.car, e.lap_num, e.pit_status, e.is_last, e.overall_frame_identifier AS frame,
				e.session_time, CASE WHEN e.is_last THEN e.pit_lane_time_in_lane_in_ms END AS lane_ms,
				CASE WHEN e.is_last THEN e.pit_stop_timer_in_ms END AS stop_ms,
				e.pit_status > 0 AND lag(e.pit_status, 1, 0::smallint) OVER (PARTITION BY t.race_id, e.car
					ORDER BY t.part, e.overall_frame_identifier, e.is_last) = 0 AS begins
			FROM f1.timeline t
			JOIN f1.lap_ends e ON e.session_uid = t.session_uid AND e.pass = t.pass
				AND e.overall_frame_identifier <= t.last_frame AND (t.until_time IS NULL OR e.session_time < t.until_time)
		) e
	) e
	WHERE pit_status > 0
	GROUP BY race_id, car, stop
) p ON p.race_id = l.race_id AND p.car = l.car AND p.lap_num = l.lap_num
WHERE l.complete AND (l.in_lap OR (l.in_lap IS NULL AND l.stint_ends));
COMMENT ON VIEW f1.pit_stops IS 'The pit stops of races, including those that were not seen, where the game sends the stints';
COMMENT ON COLUMN f1.pit_stops.stop IS 'Number of the stop of this car, from 1';
COMMENT ON COLUMN f1.pit_stops.lap_num IS 'Lap that ended in the pits';
COMMENT ON COLUMN f1.pit_stops.in_time IS 'Session time when the car entered the pit lane [s]';
COMMENT ON COLUMN f1.pit_stops.out_time IS 'Session time when the car left the pit lane [s]';
COMMENT ON COLUMN f1.pit_stops.lane_ms IS 'Time in the pit lane [ms]';
COMMENT ON COLUMN f1.pit_stops.stop_ms IS 'Time at standstill [ms]. Formats 2021-2026';
COMMENT ON COLUMN f1.pit_stops.tyre_before IS 'Tyre before the stop';
COMMENT ON COLUMN f1.pit_stops.tyre_after IS 'Tyre after the stop';
COMMENT ON COLUMN f1.pit_stops.position_before IS 'Position at the end of that lap';
COMMENT ON COLUMN f1.pit_stops.position_after IS 'Position at the end of the next lap';

CREATE OR REPLACE VIEW f1.fastest_laps AS
SELECT (rank() OVER (PARTITION BY race_id ORDER BY lap_ms))::integer AS rank,
	race_id, car, driver, team, lap_num, lap_ms, lap_time,
	lap_ms - min(lap_ms) OVER (PARTITION BY race_id) AS behind_ms, sector1_ms, sector2_ms, sector3_ms, tyre, tyre_age
FROM (
	SELECT DISTINCT ON (race_id, car) *
	FROM f1.laps
	WHERE valid AND lap_ms > 0
	ORDER BY race_id, car, lap_ms, lap_num
) l;
COMMENT ON VIEW f1.fastest_laps IS 'The best lap of each car that counts';
COMMENT ON COLUMN f1.fastest_laps.rank IS 'Place among the cars of the race';
COMMENT ON COLUMN f1.fastest_laps.lap_ms IS 'Time of the lap [ms]';
COMMENT ON COLUMN f1.fastest_laps.lap_time IS 'The same as text';
COMMENT ON COLUMN f1.fastest_laps.behind_ms IS 'Time behind the fastest [ms]';
COMMENT ON COLUMN f1.fastest_laps.sector1_ms IS 'Time of sector 1 [ms]';
COMMENT ON COLUMN f1.fastest_laps.sector2_ms IS 'Time of sector 2 [ms]';
COMMENT ON COLUMN f1.fastest_laps.sector3_ms IS 'Time of sector 3 [ms]';
COMMENT ON COLUMN f1.fastest_laps.tyre IS 'Tyre, by its name in the game';
COMMENT ON COLUMN f1.fastest_laps.tyre_age IS 'Age of the tyres, in laps. Formats 2020-2026';

CREATE OR REPLACE VIEW f1.theoretical_best AS
SELECT race_id, car, driver, team, sector1_ms, sector2_ms, sector3_ms, sector1_ms + sector2_ms + sector3_ms AS lap_ms,
	f1.lap_time(sector1_ms + sector2_ms + sector3_ms) AS lap_time, best_ms,
	best_ms - (sector1_ms + sector2_ms + sector3_ms) AS left_ms
FROM (
	SELECT race_id, car, driver, team, min(sector1_ms) FILTER (WHERE valid_flags & 2 <> 0) AS sector1_ms,
		min(sector2_ms) FILTER (WHERE valid_flags & 4 <> 0) AS sector2_ms,
		min(sector3_ms) FILTER (WHERE valid_flags & 8 <> 0) AS sector3_ms, min(lap_ms) FILTER (WHERE valid) AS best_ms
	FROM f1.laps
	WHERE complete
	GROUP BY race_id, car, driver, team
) l;
COMMENT ON VIEW f1.theoretical_best IS 'The best sectors of each car put together: sectors that count, from finished laps';
COMMENT ON COLUMN f1.theoretical_best.sector1_ms IS 'Best sector 1 [ms]';
COMMENT ON COLUMN f1.theoretical_best.sector2_ms IS 'Best sector 2 [ms]';
COMMENT ON COLUMN f1.theoretical_best.sector3_ms IS 'Best sector 3 [ms]';
COMMENT ON COLUMN f1.theoretical_best.lap_ms IS 'Sum of the three [ms]';
COMMENT ON COLUMN f1.theoretical_best.lap_time IS 'The same as text';
COMMENT ON COLUMN f1.theoretical_best.best_ms IS 'Best lap that was driven [ms]';
COMMENT ON COLUMN f1.theoretical_best.left_ms IS 'How much best_ms is above lap_ms [ms]';

CREATE OR REPLACE VIEW f1.driver_consistency AS
SELECT race_id, car, driver, team, count(*)::integer AS laps, min(lap_ms) AS best_ms, round(avg(lap_ms))::integer AS average_ms,
	round(percentile_cont(0.5) WITHIN GROUP (ORDER BY lap_ms))::integer AS median_ms,
	round(stddev_samp(lap_ms))::integer AS deviation_ms
FROM (
	SELECT l.*, min(lap_ms) OVER (PARTITION BY race_id, car) AS best_ms
	FROM f1.laps l
	WHERE complete AND NOT COALESCE(in_lap, false) AND NOT COALESCE(out_lap, false) AND (lap_num > 1 OR NOT is_race)
) l
WHERE lap_ms <= 1.07 * best_ms
GROUP BY race_id, car, driver, team;
COMMENT ON VIEW f1.driver_consistency IS 'How even the laps of each car were: those within 107 % of its best, without the first of a race and those into and out of the pits';
COMMENT ON COLUMN f1.driver_consistency.laps IS 'Number of these laps';
COMMENT ON COLUMN f1.driver_consistency.best_ms IS 'The best of them [ms]';
COMMENT ON COLUMN f1.driver_consistency.average_ms IS 'Their average [ms]';
COMMENT ON COLUMN f1.driver_consistency.median_ms IS 'Their median [ms]';
COMMENT ON COLUMN f1.driver_consistency.deviation_ms IS 'Their standard deviation [ms]; null for one lap';
