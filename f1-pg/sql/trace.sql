-- trace: one lap, metre by metre, and two laps side by side
-- SPDX-License-Identifier: MIT

-- Where the samples of a lap are: a stretch of frames in each part of the race and between flashbacks.
CREATE OR REPLACE VIEW f1.lap_frames AS
SELECT t.race_id, t.part, t.session_uid, t.pass, e.car, e.lap_num, min(e.overall_frame_identifier) AS first_frame,
	LEAST(max(e.overall_frame_identifier), t.last_frame) AS last_frame, t.until_time
FROM f1.timeline t
JOIN f1.lap_ends e ON e.session_uid = t.session_uid AND e.pass = t.pass
GROUP BY t.race_id, t.part, t.session_uid, t.pass, e.car, e.lap_num, t.last_frame, t.until_time
HAVING min(e.overall_frame_identifier) <= t.last_frame AND (t.until_time IS NULL OR min(e.session_time) < t.until_time);
COMMENT ON VIEW f1.lap_frames IS 'The frames of each lap that count; more than one stretch if there was a flashback or a reload in the lap';
COMMENT ON COLUMN f1.lap_frames.pass IS 'Overall frame minus frame';
COMMENT ON COLUMN f1.lap_frames.first_frame IS 'First overall frame';
COMMENT ON COLUMN f1.lap_frames.last_frame IS 'Last overall frame';
COMMENT ON COLUMN f1.lap_frames.until_time IS 'Session time from which on a later part replaces it [s]';

CREATE OR REPLACE VIEW f1.lap_trace AS
SELECT race_id, car, lap_num, session_uid, overall_frame_identifier, session_time, lap_ms, lap_distance, speed, throttle,
	brake, steer, gear, rpm, drs, CASE WHEN NOT restricted THEN ers_store END AS ers_store,
	CASE WHEN NOT restricted THEN ers_mode END AS ers_mode, position, x, y, z
FROM (
	SELECT r.race_id, r.car, r.lap_num, r.session_uid, s.*,
		h.car IS NOT NULL AS restricted,
		max(s.lap_distance) OVER (PARTITION BY r.race_id, r.car, r.lap_num ORDER BY r.part, s.overall_frame_identifier
			ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
	FROM f1.lap_frames r
	LEFT JOIN f1.restricted_cars h ON h.session_uid = r.session_uid AND h.car = r.car
	CROSS JOIN LATERAL (
		-- Only a full join reads one range of each table: of another one the planner, which cannot know how many samples a
		-- lap has, looks up every frame in every table.
		SELECT l.overall_frame_identifier, l.session_time,
			f1.whole(COALESCE(l.current_lap_time_in_ms, l.current_lap_time * 1000)) AS lap_ms,
			l.lap_distance, c.speed, c.throttle, c.brake, c.steer, c.gear, c.engine_rpm AS rpm, c.drs,
			s.ers_store_energy AS ers_store, s.ers_deploy_mode AS ers_mode, l.car_position AS position,
			m.world_position_x AS x, m.world_position_y AS y, m.world_position_z AS z
		FROM (
			SELECT *
			FROM f1.lap_data l
			WHERE l.session_uid = r.session_uid AND l.car = r.car
				AND l.overall_frame_identifier BETWEEN r.first_frame AND r.last_frame
				AND l.overall_frame_identifier - l.frame_identifier = r.pass AND l.current_lap_num = r.lap_num
				AND (r.until_time IS NULL OR l.session_time < r.until_time)
				-- at the line the distance may be a sample late: nobody is there so soon
				AND l.lap_distance < 1000 + 0.15 * COALESCE(l.current_lap_time_in_ms, l.current_lap_time * 1000)
		) l
		FULL JOIN (
			SELECT *
			FROM f1.car_telemetry c
			WHERE c.session_uid = r.session_uid AND c.car = r.car
				AND c.overall_frame_identifier BETWEEN r.first_frame AND r.last_frame
		) c ON c.overall_frame_identifier = l.overall_frame_identifier
		FULL JOIN (
			SELECT *
			FROM f1.car_status s
			WHERE s.session_uid = r.session_uid AND s.car = r.car
				AND s.overall_frame_identifier BETWEEN r.first_frame AND r.last_frame
		) s ON s.overall_frame_identifier = l.overall_frame_identifier
		FULL JOIN (
			SELECT *
			FROM f1.motion m
			WHERE m.session_uid = r.session_uid AND m.car = r.car
				AND m.overall_frame_identifier BETWEEN r.first_frame AND r.last_frame
		) m ON m.overall_frame_identifier = l.overall_frame_identifier
		WHERE COALESCE(l.overall_frame_identifier, -1) >= 0	-- IS NOT NULL would make it another join
	) s
) s
WHERE reached IS NULL OR lap_distance > reached;
COMMENT ON VIEW f1.lap_trace IS 'A lap sample by sample, by distance, which always grows: samples in which the car stands or goes backwards are left out. Ask for one race, car and lap';
COMMENT ON COLUMN f1.lap_trace.overall_frame_identifier IS 'Overall frame of the sample, in its session';
COMMENT ON COLUMN f1.lap_trace.session_time IS 'Session time [s]';
COMMENT ON COLUMN f1.lap_trace.lap_ms IS 'Time since the lap began [ms]';
COMMENT ON COLUMN f1.lap_trace.lap_distance IS 'Distance in the lap [m]; below 0 before the line at the start';
COMMENT ON COLUMN f1.lap_trace.speed IS 'Speed [km/h]';
COMMENT ON COLUMN f1.lap_trace.throttle IS 'Throttle, 0 to 1';
COMMENT ON COLUMN f1.lap_trace.brake IS 'Brake, 0 to 1';
COMMENT ON COLUMN f1.lap_trace.steer IS 'Steering, -1 (left) to 1 (right)';
COMMENT ON COLUMN f1.lap_trace.gear IS 'Gear; 0 neutral, -1 reverse';
COMMENT ON COLUMN f1.lap_trace.rpm IS 'Engine speed [1/min]';
COMMENT ON COLUMN f1.lap_trace.drs IS 'DRS open: 1';
COMMENT ON COLUMN f1.lap_trace.ers_store IS 'Energy stored [J]; null if the player hides it';
COMMENT ON COLUMN f1.lap_trace.ers_mode IS 'Deployment mode (enum_ers_mode); null if the player hides it';
COMMENT ON COLUMN f1.lap_trace.position IS 'Position in the race';
COMMENT ON COLUMN f1.lap_trace.x IS 'Position on the track [m]';
COMMENT ON COLUMN f1.lap_trace.y IS 'Height [m]';
COMMENT ON COLUMN f1.lap_trace.z IS 'Position on the track [m]';

-- Each pair of samples gives the points of the grid between them, by straight lines.
CREATE OR REPLACE FUNCTION f1.lap_grid(race_id bigint, car integer, lap_num integer, step integer DEFAULT 5)
	RETURNS TABLE (distance integer, ms double precision, speed double precision, throttle double precision,
		brake double precision,
		steer double precision, gear smallint)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 SET jit = off AS $$
	SELECT g.point, ms0 + f.part * (ms1 - ms0), v0 + f.part * (v1 - v0), t0 + f.part * (t1 - t0), b0 + f.part * (b1 - b0),
		s0 + f.part * (s1 - s0), g0
	FROM (
		SELECT lap_distance::float8 AS d0, lead(lap_distance) OVER w::float8 AS d1,
			lap_ms::float8 AS ms0, lead(lap_ms) OVER w::float8 AS ms1, speed::float8 AS v0, lead(speed) OVER w::float8 AS v1,
			throttle::float8 AS t0, lead(throttle) OVER w::float8 AS t1, brake::float8 AS b0, lead(brake) OVER w::float8 AS b1,
			steer::float8 AS s0, lead(steer) OVER w::float8 AS s1, gear AS g0
		FROM f1.lap_trace t
		WHERE t.race_id = lap_grid.race_id AND t.car = lap_grid.car::smallint AND t.lap_num = lap_grid.lap_num::smallint
			AND t.speed IS NOT NULL		-- its telemetry was lost
		WINDOW w AS (ORDER BY lap_distance)
	) p
	CROSS JOIN LATERAL generate_series((ceil(GREATEST(d0, 0) / step) * step)::integer,
		(ceil(d1 / step) * step)::integer - 1, step) g (point)
	CROSS JOIN LATERAL (SELECT (g.point - d0) / (d1 - d0)) f (part)
	-- a hole of more than 100 m is nothing to draw a line over
	WHERE d1 > 0 AND d1 - d0 < 100
$$;
COMMENT ON FUNCTION f1.lap_grid IS 'A lap at steps of so many metres: time since its beginning [ms], speed [km/h], throttle, brake, steering and gear';

CREATE OR REPLACE FUNCTION f1.lap_compare(session bigint, car_a integer, lap_a integer, car_b integer, lap_b integer)
	RETURNS TABLE (distance integer, delta_ms double precision, speed_a double precision, speed_b double precision,
		throttle_a double precision, throttle_b double precision, brake_a double precision, brake_b double precision,
		steer_a double precision, steer_b double precision, gear_a smallint, gear_b smallint)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 SET jit = off AS $$
	WITH race AS MATERIALIZED (
		SELECT race_id FROM f1.session_chain WHERE session_uid = lap_compare.session
	), a AS MATERIALIZED (
		SELECT g.* FROM race CROSS JOIN LATERAL f1.lap_grid(race_id, car_a, lap_a) g
	), b AS MATERIALIZED (
		SELECT g.* FROM race CROSS JOIN LATERAL f1.lap_grid(race_id, car_b, lap_b) g
	)
	SELECT distance, b.ms - a.ms, a.speed, b.speed, a.throttle, b.throttle, a.brake, b.brake, a.steer, b.steer, a.gear, b.gear
	FROM a
	JOIN b USING (distance)
	ORDER BY distance
$$;
COMMENT ON FUNCTION f1.lap_compare IS 'Two laps of a race compared every 5 m: how much later b is there than a [ms], and speed [km/h], throttle, brake, steering and gear of both. The session is the UID of any part of the race';
