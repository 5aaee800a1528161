-- sessions: which sessions make one race, and which of their frames count
-- SPDX-License-Identifier: MIT
--
-- The game gives a session a new UID when a saved game is loaded, or when a player joins again. Views show such a chain as
-- one: race_id is the UID of its first session, for a race as for any other session.

CREATE OR REPLACE VIEW f1.session_list AS
SELECT session_uid FROM f1.session_info
UNION
SELECT session_uid FROM f1.participants_extra WHERE session_uid <> 0
UNION
SELECT session_uid FROM f1.final_classification_extra WHERE session_uid <> 0;
COMMENT ON VIEW f1.session_list IS 'The UIDs of all sessions of which the database has anything';
COMMENT ON COLUMN f1.session_list.session_uid IS 'UID of the session';

CREATE OR REPLACE FUNCTION f1.is_used(p f1.participants) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
	AS $$ SELECT (p.name, p.race_number) <> ('', 0) $$;
COMMENT ON FUNCTION f1.is_used IS 'Is it the place of somebody? One that is not used has neither name nor number';

-- A session that does not begin at its beginning goes on with another one if that has the same track, kind, links and cars,
-- began earlier and came to no result. (Restarted races begin at 0, so they are races of their own.)
-- (A function, since it is small, and the planner would think it huge.)
CREATE OR REPLACE FUNCTION f1.session_chains()
	RETURNS TABLE (race_id bigint, session_uid bigint, part smallint, until_time real, is_last boolean, is_race boolean)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 COST 1000 SET jit = off AS $$
WITH RECURSIVE known AS (
	SELECT l.session_uid, i.packet_format, i.track_id, i.session_type, i.total_laps, i.weekend_link_identifier AS weekend,
		i.session_link_identifier AS link, i.first_time, i.first_received_at, COALESCE(y.name LIKE 'Race%', false) AS is_race,
		y.name = 'Time Trial' AS is_trial,	-- which nobody saves
		EXISTS (SELECT FROM f1.final_classification_extra x WHERE x.session_uid = l.session_uid) AS finished
	FROM f1.session_list l
	LEFT JOIN f1.session_info i USING (session_uid)
	LEFT JOIN f1.enum_session_type y ON y.packet_format = i.packet_format AND y.value = i.session_type
), goes_on AS (
	SELECT s.session_uid, before.session_uid AS after
	FROM known s
	CROSS JOIN LATERAL (
		SELECT b.session_uid
		FROM known b
		WHERE b.session_uid <> s.session_uid AND NOT b.finished AND b.packet_format = s.packet_format
			AND b.track_id = s.track_id AND b.session_type = s.session_type AND b.total_laps = s.total_laps
			AND b.weekend IS NOT DISTINCT FROM s.weekend AND b.link IS NOT DISTINCT FROM s.link
			AND (b.first_time, b.session_uid) < (s.first_time, s.session_uid)
			AND EXISTS (
				SELECT
				FROM f1.participants p
				JOIN f1.participants q ON q.session_uid = s.session_uid AND q.car = p.car
				-- a place that one of them does not use tells nothing
				WHERE p.session_uid = b.session_uid AND f1.is_used(p) AND f1.is_used(q)
				HAVING count(*) > 0 AND bool_and(p.race_number = q.race_number AND p.team_id = q.team_id)
			)
		ORDER BY b.first_received_at DESC NULLS LAST, b.first_time DESC, b.session_uid
		LIMIT 1
	) before
	WHERE s.first_time > 5 AND NOT s.is_trial
), chain AS (
	SELECT session_uid AS race_id, session_uid
	FROM known
	WHERE session_uid NOT IN (SELECT session_uid FROM goes_on)
	UNION ALL
	SELECT c.race_id, g.session_uid
	FROM chain c
	JOIN goes_on g ON g.after = c.session_uid
)
SELECT c.race_id, c.session_uid, (row_number() OVER chain)::smallint AS part,
	(min(s.first_time) OVER (chain ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)) AS until_time,
	-- the last part is the one with the result, or that was left last
	lead(c.session_uid) OVER chain IS NULL AS is_last, s.is_race
FROM chain c
JOIN known s USING (session_uid)
WINDOW chain AS (PARTITION BY c.race_id ORDER BY s.finished, s.first_received_at NULLS FIRST, s.first_time, c.session_uid);
$$;
COMMENT ON FUNCTION f1.session_chains IS 'See the view session_chain';

CREATE OR REPLACE VIEW f1.session_chain AS
SELECT race_id, session_uid, part, until_time, is_last, is_race
FROM f1.session_chains();
COMMENT ON VIEW f1.session_chain IS 'Which sessions make up one race: those after loading a saved game, or after joining again, have UIDs of their own';
COMMENT ON COLUMN f1.session_chain.race_id IS 'The race: UID of its first session';
COMMENT ON COLUMN f1.session_chain.session_uid IS 'UID of the session';
COMMENT ON COLUMN f1.session_chain.part IS 'Its place in the race, from 1';
COMMENT ON COLUMN f1.session_chain.until_time IS 'Session time from which on a later part replaces it [s]; null if none does';
COMMENT ON COLUMN f1.session_chain.is_last IS 'Is it the last part?';
COMMENT ON COLUMN f1.session_chain.is_race IS 'Is it a race?';

-- What a flashback took back is told by the pass, that is the overall frame less the frame. It grows with each flashback,
-- and each pass holds from its first frame on: of the earlier ones all from that frame on is undone. After a flashback the
-- overall frame goes on where it was: a single frame anywhere else is none of the game's, but a datagram that is damaged.
CREATE OR REPLACE FUNCTION f1.timelines()
	RETURNS TABLE (race_id bigint, part smallint, session_uid bigint, pass integer, first_frame integer, last_frame integer,
		until_time real, is_race boolean)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 COST 1000 SET jit = off AS $$
WITH stretches AS NOT MATERIALIZED (
	SELECT session_uid, pass, first_frame, last_frame, last_before
	FROM (
		SELECT *, max(last_frame) OVER (PARTITION BY session_uid ORDER BY first_frame RANGE UNBOUNDED PRECEDING EXCLUDE GROUP) AS last_before
		FROM f1.passes
	) p
	WHERE first_frame < last_frame OR last_before IS NULL OR first_frame BETWEEN last_before + 1 AND last_before + 600
)
SELECT c.race_id, c.part, c.session_uid, p.pass,
	LEAST(p.first_frame, COALESCE(p.last_before, -1) + 1) AS first_frame,
	COALESCE(l.back_to + p.pass - 1, 2147483647) AS last_frame, c.until_time, c.is_race
FROM f1.session_chains() c
LEFT JOIN stretches p USING (session_uid)
LEFT JOIN LATERAL (	-- the frames that the flashbacks after it went back to
	SELECT min(q.first_frame - q.pass) AS back_to
	FROM stretches q
	WHERE q.session_uid = p.session_uid AND q.first_frame > p.first_frame AND q.pass > p.pass
) l ON true
WHERE p.pass IS NULL OR l.back_to IS NULL OR p.first_frame < l.back_to + p.pass;
$$;
COMMENT ON FUNCTION f1.timelines IS 'See the view timeline';

CREATE OR REPLACE VIEW f1.timeline AS
SELECT race_id, part, session_uid, pass, first_frame, last_frame, until_time, is_race
FROM f1.timelines();
COMMENT ON VIEW f1.timeline IS 'The stretches of frames that count; all others were undone by a flashback or by loading a saved game. A sample counts if its overall frame is between first_frame and last_frame, its overall frame minus its frame is pass (or its frame is 0, at the end), and its session time is below until_time';
COMMENT ON COLUMN f1.timeline.race_id IS 'The race';
COMMENT ON COLUMN f1.timeline.part IS 'Part of the race, from 1';
COMMENT ON COLUMN f1.timeline.session_uid IS 'UID of the session';
COMMENT ON COLUMN f1.timeline.pass IS 'Number of frames that flashbacks took back before it; null for a session without laps, which is one stretch';
COMMENT ON COLUMN f1.timeline.first_frame IS 'First overall frame';
COMMENT ON COLUMN f1.timeline.last_frame IS 'Last overall frame; 2147483647 if the stretch was not cut';
COMMENT ON COLUMN f1.timeline.is_race IS 'Is it a race?';
COMMENT ON COLUMN f1.timeline.until_time IS 'Session time from which on a later part replaces it [s]; null if none does';

CREATE OR REPLACE VIEW f1.sessions AS
SELECT c.race_id, f1.session_hex(c.race_id) AS race, c.session_uid, f1.session_hex(c.session_uid) AS session, c.part,
	COALESCE(i.packet_format, x.packet_format) AS packet_format,
	COALESCE(t.name, 'Track ' || i.track_id) AS track,
	COALESCE(y.name, 'Session ' || i.session_type) AS session_type,
	y.name LIKE 'Race%' AS is_race,
	m.name AS game_mode, i.network_game = 1 AS online, i.total_laps, i.track_length,
	i.first_time, GREATEST(i.session_time, x.session_time) AS last_time,
	i.first_received_at, i.received_at AS last_received_at,
	x.session_uid IS NOT NULL AS has_result,
	NULLIF(i.player_car_index, 255) AS player_car, i.is_spectating = 1 AS spectating,
	w.name AS weather, i.track_temperature, i.air_temperature,
	i.num_safety_car_periods AS safety_cars, i.num_virtual_safety_car_periods AS virtual_safety_cars,
	i.num_red_flag_periods AS red_flags,
	i.weekend_link_identifier, i.session_link_identifier
FROM f1.session_chain c
LEFT JOIN f1.session_info i USING (session_uid)
LEFT JOIN f1.final_classification_extra x USING (session_uid)
LEFT JOIN f1.enum_track t ON t.packet_format = i.packet_format AND t.value = i.track_id
LEFT JOIN f1.enum_session_type y ON y.packet_format = i.packet_format AND y.value = i.session_type
LEFT JOIN f1.enum_game_mode m ON m.packet_format = i.packet_format AND m.value = i.game_mode
LEFT JOIN f1.enum_weather w ON w.packet_format = i.packet_format AND w.value = i.weather;
COMMENT ON VIEW f1.sessions IS 'All sessions, a row for each UID, with the race that it is a part of';
COMMENT ON COLUMN f1.sessions.race_id IS 'The race: UID of its first session';
COMMENT ON COLUMN f1.sessions.race IS 'The same in 16 hex digits';
COMMENT ON COLUMN f1.sessions.session_uid IS 'UID of the session';
COMMENT ON COLUMN f1.sessions.session IS 'The same in 16 hex digits';
COMMENT ON COLUMN f1.sessions.part IS 'Its place in the race, from 1';
COMMENT ON COLUMN f1.sessions.packet_format IS 'Year of the packet format';
COMMENT ON COLUMN f1.sessions.track IS 'Track';
COMMENT ON COLUMN f1.sessions.session_type IS 'Practice, qualifying, race and so on';
COMMENT ON COLUMN f1.sessions.is_race IS 'Is it a race?';
COMMENT ON COLUMN f1.sessions.game_mode IS 'Game mode. Formats 2022-2026';
COMMENT ON COLUMN f1.sessions.online IS 'Is it a game over the network?';
COMMENT ON COLUMN f1.sessions.total_laps IS 'Laps of the race';
COMMENT ON COLUMN f1.sessions.track_length IS 'Length of the track [m]';
COMMENT ON COLUMN f1.sessions.first_time IS 'Session time of the first sample [s]; above 0 if the beginning was not seen';
COMMENT ON COLUMN f1.sessions.last_time IS 'Session time of the last sample [s]';
COMMENT ON COLUMN f1.sessions.first_received_at IS 'When the first sample arrived, if the capture has the time';
COMMENT ON COLUMN f1.sessions.last_received_at IS 'When the last sample arrived, if the capture has the time';
COMMENT ON COLUMN f1.sessions.has_result IS 'Did the game send a classification?';
COMMENT ON COLUMN f1.sessions.player_car IS 'Index of the player''s car; null when spectating';
COMMENT ON COLUMN f1.sessions.spectating IS 'Did the player only watch?';
COMMENT ON COLUMN f1.sessions.weather IS 'Weather at the end';
COMMENT ON COLUMN f1.sessions.track_temperature IS 'Temperature of the track at the end [degrees C]';
COMMENT ON COLUMN f1.sessions.air_temperature IS 'Temperature of the air at the end [degrees C]';
COMMENT ON COLUMN f1.sessions.safety_cars IS 'Safety car periods. Formats 2023-2026';
COMMENT ON COLUMN f1.sessions.virtual_safety_cars IS 'Virtual safety car periods. Formats 2023-2026';
COMMENT ON COLUMN f1.sessions.red_flags IS 'Red flags. Formats 2023-2026';
COMMENT ON COLUMN f1.sessions.weekend_link_identifier IS 'The same for all sessions of a weekend. Formats 2021-2026';
COMMENT ON COLUMN f1.sessions.session_link_identifier IS 'The same for a session and its reloads. Formats 2021-2026';

CREATE OR REPLACE VIEW f1.races AS
SELECT race_id, race, parts, packet_format, track, session_type, is_race, game_mode, online, total_laps, track_length,
	first_time, last_time, first_received_at, last_received_at, has_result, player_car, weather, track_temperature,
	air_temperature, safety_cars, virtual_safety_cars, red_flags, weekend_link_identifier, session_link_identifier
FROM (
	SELECT DISTINCT ON (race_id) s.*,
		count(*) OVER (PARTITION BY race_id) AS parts,
		min(s.first_time) OVER (PARTITION BY race_id) AS begin_time,
		min(s.first_received_at) OVER (PARTITION BY race_id) AS begin_received_at
	FROM f1.sessions s
	ORDER BY race_id, part DESC
) last (race_id, race, session_uid, session, part, packet_format, track, session_type, is_race, game_mode, online, total_laps,
	track_length, last_first_time, last_time, last_first_received_at, last_received_at, has_result, player_car, spectating, weather,
	track_temperature, air_temperature, safety_cars, virtual_safety_cars, red_flags, weekend_link_identifier,
	session_link_identifier, parts, first_time, first_received_at);
COMMENT ON VIEW f1.races IS 'The sessions, not only races; those that continue after loading a saved game, or after joining again, are one';
COMMENT ON COLUMN f1.races.race_id IS 'UID of the first session, which identifies the race in other views';
COMMENT ON COLUMN f1.races.race IS 'The same in 16 hex digits';
COMMENT ON COLUMN f1.races.parts IS 'How many sessions it is made of';
COMMENT ON COLUMN f1.races.packet_format IS 'Year of the packet format';
COMMENT ON COLUMN f1.races.track IS 'Track';
COMMENT ON COLUMN f1.races.session_type IS 'Practice, qualifying, race and so on';
COMMENT ON COLUMN f1.races.is_race IS 'Is it a race?';
COMMENT ON COLUMN f1.races.game_mode IS 'Game mode. Formats 2022-2026';
COMMENT ON COLUMN f1.races.online IS 'Is it a game over the network?';
COMMENT ON COLUMN f1.races.total_laps IS 'Laps of the race';
COMMENT ON COLUMN f1.races.track_length IS 'Length of the track [m]';
COMMENT ON COLUMN f1.races.first_time IS 'Session time of the first sample [s]; above 0 if the beginning was not seen';
COMMENT ON COLUMN f1.races.last_time IS 'Session time of the last sample [s]';
COMMENT ON COLUMN f1.races.first_received_at IS 'When the first sample arrived, if the capture has the time';
COMMENT ON COLUMN f1.races.last_received_at IS 'When the last sample arrived, if the capture has the time';
COMMENT ON COLUMN f1.races.has_result IS 'Did the game send a classification?';
COMMENT ON COLUMN f1.races.player_car IS 'Index of the player''s car; null when spectating';
COMMENT ON COLUMN f1.races.weather IS 'Weather at the end';
COMMENT ON COLUMN f1.races.track_temperature IS 'Temperature of the track at the end [degrees C]';
COMMENT ON COLUMN f1.races.air_temperature IS 'Temperature of the air at the end [degrees C]';
COMMENT ON COLUMN f1.races.safety_cars IS 'Safety car periods. Formats 2023-2026';
COMMENT ON COLUMN f1.races.virtual_safety_cars IS 'Virtual safety car periods. Formats 2023-2026';
COMMENT ON COLUMN f1.races.red_flags IS 'Red flags. Formats 2023-2026';
COMMENT ON COLUMN f1.races.weekend_link_identifier IS 'The same for all sessions of a weekend. Formats 2021-2026';
COMMENT ON COLUMN f1.races.session_link_identifier IS 'The same for a session and its reloads. Formats 2021-2026';
