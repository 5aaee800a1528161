-- summary: what the views need of millions of samples, kept small while they come in
-- SPDX-License-Identifier: MIT
--
-- A trigger notes the first and the last sample of each car in each lap, and where the pit lane begins and ends. What it
-- keeps is the smallest and the largest frame of a set, so it does not matter in which order, how often or by how many
-- loaders at once the samples come: the result is the same, and in the same transaction as the samples.

-- A sample may say anything. None of it may end a load or a view: what is no time is null.
CREATE OR REPLACE FUNCTION f1.whole(x double precision) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
	AS $$ SELECT CASE WHEN x BETWEEN -86400000 AND 86400000 THEN round(x)::integer END $$;	-- so that ten of them are one, too
COMMENT ON FUNCTION f1.whole IS 'Milliseconds as an integer; null if they are no number, or more than a day';

CREATE OR REPLACE FUNCTION f1.minus(a real, b real) RETURNS real LANGUAGE sql IMMUTABLE PARALLEL SAFE
	AS $$ SELECT CASE WHEN abs(a::float8 - b) < 3e38 THEN a - b END $$;
COMMENT ON FUNCTION f1.minus IS 'a less b; null if that is no number, or none for which there is room';

CREATE TABLE IF NOT EXISTS f1.lap_ends (
	session_uid bigint NOT NULL,
	car smallint NOT NULL,
	lap_num smallint NOT NULL,
	pit_status smallint NOT NULL,
	pass integer NOT NULL,
	is_last boolean NOT NULL,
	overall_frame_identifier integer NOT NULL,
	session_time real NOT NULL,
	packet_format smallint NOT NULL,
	current_lap_time_in_ms integer,
	last_lap_time_in_ms integer,
	sector1_time_in_ms integer,
	sector2_time_in_ms integer,
	lap_distance real,
	total_distance real,
	car_position smallint,
	grid_position smallint,
	current_lap_invalid smallint,
	num_pit_stops smallint,
	penalties smallint,
	total_warnings smallint,
	driver_status smallint,
	result_status smallint,
	pit_lane_time_in_lane_in_ms integer,
	pit_stop_timer_in_ms integer,
	best_lap_time_in_ms integer,
	speed_trap_fastest_speed real,
	PRIMARY KEY (session_uid, car, lap_num, pit_status, pass, is_last)
) WITH (fillfactor = 70);	-- live, the last samples are replaced all the time
COMMENT ON TABLE f1.lap_ends IS 'The first and the last sample of each car in each lap, in and out of the pit lane, before and after each flashback, for the views. A trigger on lap_data maintains it';
COMMENT ON COLUMN f1.lap_ends.session_uid IS 'As in lap_data';
COMMENT ON COLUMN f1.lap_ends.car IS 'As in lap_data';
COMMENT ON COLUMN f1.lap_ends.lap_num IS 'current_lap_num of the sample';
COMMENT ON COLUMN f1.lap_ends.pit_status IS 'As in lap_data (enum_pit_status)';
COMMENT ON COLUMN f1.lap_ends.pass IS 'Overall frame minus frame: how many frames flashbacks took back before this sample';
COMMENT ON COLUMN f1.lap_ends.is_last IS 'Is it the last sample, or the first?';
COMMENT ON COLUMN f1.lap_ends.overall_frame_identifier IS 'As in lap_data';
COMMENT ON COLUMN f1.lap_ends.session_time IS 'As in lap_data [s]';
COMMENT ON COLUMN f1.lap_ends.packet_format IS 'As in lap_data';
COMMENT ON COLUMN f1.lap_ends.current_lap_time_in_ms IS 'Time in the lap so far [ms]';
COMMENT ON COLUMN f1.lap_ends.last_lap_time_in_ms IS 'Time of the lap before [ms]';
COMMENT ON COLUMN f1.lap_ends.sector1_time_in_ms IS 'Time of sector 1 of this lap, 0 before its end [ms]';
COMMENT ON COLUMN f1.lap_ends.sector2_time_in_ms IS 'Time of sector 2 of this lap, 0 before its end [ms]';
COMMENT ON COLUMN f1.lap_ends.lap_distance IS 'As in lap_data [m]';
COMMENT ON COLUMN f1.lap_ends.total_distance IS 'As in lap_data [m]';
COMMENT ON COLUMN f1.lap_ends.car_position IS 'As in lap_data';
COMMENT ON COLUMN f1.lap_ends.grid_position IS 'As in lap_data';
COMMENT ON COLUMN f1.lap_ends.current_lap_invalid IS 'As in lap_data';
COMMENT ON COLUMN f1.lap_ends.num_pit_stops IS 'As in lap_data';
COMMENT ON COLUMN f1.lap_ends.penalties IS 'As in lap_data [s]';
COMMENT ON COLUMN f1.lap_ends.total_warnings IS 'As in lap_data';
COMMENT ON COLUMN f1.lap_ends.driver_status IS 'As in lap_data (enum_driver_status)';
COMMENT ON COLUMN f1.lap_ends.result_status IS 'As in lap_data (enum_result_status)';
COMMENT ON COLUMN f1.lap_ends.pit_lane_time_in_lane_in_ms IS 'As in lap_data [ms]';
COMMENT ON COLUMN f1.lap_ends.pit_stop_timer_in_ms IS 'As in lap_data [ms]';
COMMENT ON COLUMN f1.lap_ends.best_lap_time_in_ms IS 'Best lap so far, 2018 to 2020 [ms]';
COMMENT ON COLUMN f1.lap_ends.speed_trap_fastest_speed IS 'As in lap_data [km/h]';

CREATE TABLE IF NOT EXISTS f1.passes (
	session_uid bigint NOT NULL,
	pass integer NOT NULL,
	first_frame integer NOT NULL,
	last_frame integer NOT NULL,
	PRIMARY KEY (session_uid, pass)
) WITH (fillfactor = 50);
COMMENT ON TABLE f1.passes IS 'The stretches between flashbacks, for the view timeline. A trigger on lap_data maintains it';
COMMENT ON COLUMN f1.passes.session_uid IS 'As in lap_data';
COMMENT ON COLUMN f1.passes.pass IS 'Overall frame minus frame: how many frames flashbacks took back before it';
COMMENT ON COLUMN f1.passes.first_frame IS 'The first overall frame';
COMMENT ON COLUMN f1.passes.last_frame IS 'The last overall frame';

CREATE OR REPLACE FUNCTION f1.note_laps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	WITH s AS MATERIALIZED (
		SELECT session_uid, car, current_lap_num AS lap_num, COALESCE(pit_status, 0) AS pit_status,
			overall_frame_identifier - frame_identifier AS pass,
			min(overall_frame_identifier) AS first, max(overall_frame_identifier) AS last
		FROM new_rows
		WHERE session_uid <> 0 AND current_lap_num IS NOT NULL
		GROUP BY 1, 2, 3, 4, 5
	), p AS (
		INSERT INTO f1.passes AS t
		SELECT session_uid, pass, min(first), max(last)
		FROM s
		GROUP BY 1, 2
		ORDER BY 1, 2	-- two loaders lock in the same order
		ON CONFLICT (session_uid, pass) DO UPDATE SET
			first_frame = LEAST(t.first_frame, EXCLUDED.first_frame),
			last_frame = GREATEST(t.last_frame, EXCLUDED.last_frame)
		WHERE EXCLUDED.first_frame < t.first_frame OR EXCLUDED.last_frame > t.last_frame
	)
	INSERT INTO f1.lap_ends AS t
	SELECT n.session_uid, n.car, s.lap_num, s.pit_status, s.pass, e.is_last, n.overall_frame_identifier, n.session_time,
		n.packet_format,
		f1.whole(COALESCE(n.current_lap_time_in_ms, n.current_lap_time * 1000)),
		f1.whole(COALESCE(n.last_lap_time_in_ms, n.last_lap_time * 1000)),
		COALESCE(n.sector1_time_ms_part + 60000 * n.sector1_time_minutes_part, n.sector1_time_in_ms,
			f1.whole(n.sector1_time * 1000)),
		COALESCE(n.sector2_time_ms_part + 60000 * n.sector2_time_minutes_part, n.sector2_time_in_ms,
			f1.whole(n.sector2_time * 1000)),
		n.lap_distance, n.total_distance, n.car_position, n.grid_position, n.current_lap_invalid, n.num_pit_stops,
		n.penalties, n.total_warnings, n.driver_status, n.result_status, n.pit_lane_time_in_lane_in_ms,
		n.pit_stop_timer_in_ms, f1.whole(n.best_lap_time * 1000), n.speed_trap_fastest_speed
	FROM s
	CROSS JOIN (VALUES (false), (true)) e (is_last)
	CROSS JOIN LATERAL (	-- by its key, since new_rows has no index; LIMIT keeps the planner from other ideas
		SELECT *
		FROM f1.lap_data l
		WHERE l.session_uid = s.session_uid AND l.car = s.car
			AND l.overall_frame_identifier = CASE WHEN e.is_last THEN s.last ELSE s.first END
		LIMIT 1
	) n
	ORDER BY 1, 2, 3, 4, 5, 6
	ON CONFLICT (session_uid, car, lap_num, pit_status, pass, is_last) DO UPDATE SET
		(overall_frame_identifier, session_time, packet_format, current_lap_time_in_ms, last_lap_time_in_ms,
			sector1_time_in_ms, sector2_time_in_ms, lap_distance, total_distance, car_position, grid_position,
			current_lap_invalid, num_pit_stops, penalties, total_warnings, driver_status, result_status,
			pit_lane_time_in_lane_in_ms, pit_stop_timer_in_ms, best_lap_time_in_ms, speed_trap_fastest_speed)
		= ROW(EXCLUDED.overall_frame_identifier, EXCLUDED.session_time, EXCLUDED.packet_format,
			EXCLUDED.current_lap_time_in_ms, EXCLUDED.last_lap_time_in_ms,
			EXCLUDED.sector1_time_in_ms, EXCLUDED.sector2_time_in_ms, EXCLUDED.lap_distance, EXCLUDED.total_distance,
			EXCLUDED.car_position, EXCLUDED.grid_position,
			EXCLUDED.current_lap_invalid, EXCLUDED.num_pit_stops, EXCLUDED.penalties, EXCLUDED.total_warnings,
			EXCLUDED.driver_status, EXCLUDED.result_status,
			EXCLUDED.pit_lane_time_in_lane_in_ms, EXCLUDED.pit_stop_timer_in_ms, EXCLUDED.best_lap_time_in_ms,
			EXCLUDED.speed_trap_fastest_speed)
		WHERE CASE WHEN t.is_last THEN EXCLUDED.overall_frame_identifier > t.overall_frame_identifier
			ELSE EXCLUDED.overall_frame_identifier < t.overall_frame_identifier END;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION f1.note_laps IS 'Trigger that maintains lap_ends and passes';

-- the same for the session itself: of its twice a second, the last one and the time of the first
CREATE TABLE IF NOT EXISTS f1.session_info (
	session_uid bigint PRIMARY KEY,
	packet_format smallint NOT NULL,
	first_frame integer NOT NULL,
	first_time real NOT NULL,
	first_received_at timestamptz,
	overall_frame_identifier integer NOT NULL,
	session_time real NOT NULL,
	received_at timestamptz,
	player_car_index smallint,
	track_id smallint,
	track_length integer,
	session_type smallint,
	formula smallint,
	total_laps smallint,
	session_duration integer,
	game_mode smallint,
	network_game smallint,
	is_spectating smallint,
	season_link_identifier bigint,
	weekend_link_identifier bigint,
	session_link_identifier bigint,
	weather smallint,
	track_temperature smallint,
	air_temperature smallint,
	ai_difficulty smallint,
	game_major_version smallint,
	game_minor_version smallint,
	num_safety_car_periods smallint,
	num_virtual_safety_car_periods smallint,
	num_red_flag_periods smallint
) WITH (fillfactor = 50);
COMMENT ON TABLE f1.session_info IS 'The last sample of each session, and when the first one was, for the view sessions. A trigger on session maintains it';
COMMENT ON COLUMN f1.session_info.session_uid IS 'As in session; the other columns, too, are those of the last sample';
COMMENT ON COLUMN f1.session_info.first_frame IS 'Overall frame of the first sample';
COMMENT ON COLUMN f1.session_info.first_time IS 'Session time of the first sample [s]; 0 where the session was seen from its beginning';
COMMENT ON COLUMN f1.session_info.first_received_at IS 'When the first sample arrived, if the capture has the time';

CREATE OR REPLACE FUNCTION f1.note_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO f1.session_info AS t
	SELECT n.session_uid, n.packet_format, s.first, f.session_time, f.received_at, n.overall_frame_identifier, n.session_time,
		n.received_at, n.player_car_index, n.track_id, n.track_length, n.session_type, n.formula, n.total_laps,
		n.session_duration, n.game_mode, n.network_game, n.is_spectating, n.season_link_identifier,
		n.weekend_link_identifier, n.session_link_identifier, n.weather, n.track_temperature, n.air_temperature,
		n.ai_difficulty, n.game_major_version, n.game_minor_version, n.num_safety_car_periods,
		n.num_virtual_safety_car_periods, n.num_red_flag_periods
	FROM (
		SELECT session_uid, min(overall_frame_identifier) AS first, max(overall_frame_identifier) AS last
		FROM new_rows
		WHERE session_uid <> 0
		GROUP BY 1
	) s
	JOIN new_rows f ON f.session_uid = s.session_uid AND f.overall_frame_identifier = s.first
	JOIN new_rows n ON n.session_uid = s.session_uid AND n.overall_frame_identifier = s.last
	ORDER BY 1
	ON CONFLICT (session_uid) DO UPDATE SET
		(first_frame, first_time, first_received_at) = (
			SELECT EXCLUDED.first_frame, EXCLUDED.first_time, EXCLUDED.first_received_at
			WHERE EXCLUDED.first_frame < t.first_frame
			UNION ALL
			SELECT t.first_frame, t.first_time, t.first_received_at
			LIMIT 1),
		(packet_format, overall_frame_identifier, session_time, received_at, player_car_index, track_id, track_length,
			session_type, formula, total_laps, session_duration, game_mode, network_game, is_spectating,
			season_link_identifier, weekend_link_identifier, session_link_identifier, weather, track_temperature,
			air_temperature, ai_difficulty, game_major_version, game_minor_version, num_safety_car_periods,
			num_virtual_safety_car_periods, num_red_flag_periods) = (
			SELECT EXCLUDED.packet_format, EXCLUDED.overall_frame_identifier, EXCLUDED.session_time, EXCLUDED.received_at,
				EXCLUDED.player_car_index, EXCLUDED.track_id, EXCLUDED.track_length, EXCLUDED.session_type,
				EXCLUDED.formula, EXCLUDED.total_laps, EXCLUDED.session_duration, EXCLUDED.game_mode,
				EXCLUDED.network_game, EXCLUDED.is_spectating, EXCLUDED.season_link_identifier,
				EXCLUDED.weekend_link_identifier, EXCLUDED.session_link_identifier, EXCLUDED.weather,
				EXCLUDED.track_temperature, EXCLUDED.air_temperature, EXCLUDED.ai_difficulty,
				EXCLUDED.game_major_version, EXCLUDED.game_minor_version, EXCLUDED.num_safety_car_periods,
				EXCLUDED.num_virtual_safety_car_periods, EXCLUDED.num_red_flag_periods
			WHERE EXCLUDED.overall_frame_identifier > t.overall_frame_identifier
			UNION ALL
			SELECT t.packet_format, t.overall_frame_identifier, t.session_time, t.received_at, t.player_car_index,
				t.track_id, t.track_length, t.session_type, t.formula, t.total_laps, t.session_duration, t.game_mode,
				t.network_game, t.is_spectating, t.season_link_identifier, t.weekend_link_identifier,
				t.session_link_identifier, t.weather, t.track_temperature, t.air_temperature, t.ai_difficulty,
				t.game_major_version, t.game_minor_version, t.num_safety_car_periods,
				t.num_virtual_safety_car_periods, t.num_red_flag_periods
			LIMIT 1)
		WHERE EXCLUDED.first_frame < t.first_frame OR EXCLUDED.overall_frame_identifier > t.overall_frame_identifier;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION f1.note_sessions IS 'Trigger that maintains session_info';

-- making a trigger waits for all loaders, each of which locks the tables in this order
CREATE OR REPLACE TRIGGER note_sessions AFTER INSERT ON f1.session REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION f1.note_sessions();
CREATE OR REPLACE TRIGGER note_laps AFTER INSERT ON f1.lap_data REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION f1.note_laps();

-- Tables that were filled before there were triggers: the samples pass by them once more.
CREATE OR REPLACE FUNCTION f1.summarise(session_uid bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM f1.lap_ends e WHERE e.session_uid = summarise.session_uid;
	DELETE FROM f1.passes p WHERE p.session_uid = summarise.session_uid;
	DELETE FROM f1.session_info i WHERE i.session_uid = summarise.session_uid;
	CREATE TEMP TABLE again_lap_data (LIKE f1.lap_data) ON COMMIT DROP;
	CREATE TRIGGER note_laps AFTER INSERT ON again_lap_data REFERENCING NEW TABLE AS new_rows
		FOR EACH STATEMENT EXECUTE FUNCTION f1.note_laps();
	INSERT INTO again_lap_data SELECT * FROM f1.lap_data l WHERE l.session_uid = summarise.session_uid;
	DROP TABLE again_lap_data;
	CREATE TEMP TABLE again_session (LIKE f1.session) ON COMMIT DROP;
	CREATE TRIGGER note_sessions AFTER INSERT ON again_session REFERENCING NEW TABLE AS new_rows
		FOR EACH STATEMENT EXECUTE FUNCTION f1.note_sessions();
	INSERT INTO again_session SELECT * FROM f1.session s WHERE s.session_uid = summarise.session_uid;
	DROP TABLE again_session;
END $$;
COMMENT ON FUNCTION f1.summarise IS 'Makes lap_ends and session_info of a session anew from its samples';

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM f1.session_info) AND NOT EXISTS (SELECT FROM f1.lap_ends) THEN
		PERFORM f1.summarise(s.session_uid)
		FROM (SELECT session_uid FROM f1.session UNION SELECT session_uid FROM f1.lap_data) s
		WHERE s.session_uid <> 0;
	END IF;
END $$;
