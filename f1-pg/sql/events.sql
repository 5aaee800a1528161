-- events: penalties, incidents and overtakes, those of the final timeline
-- SPDX-License-Identifier: MIT

CREATE OR REPLACE VIEW f1.penalties AS
SELECT e.race_id, e.session_time, e.lap_num, e.car, d.driver, d.team,
	COALESCE(p.name, 'Penalty ' || e.penalty_type) AS penalty,
	COALESCE(i.name, 'Infringement ' || e.infringement_type) AS infringement,
	NULLIF(e.time, 255) AS seconds, NULLIF(e.places_gained, 255) AS places_gained,
	NULLIF(e.other_vehicle_idx, 255) AS other_car, o.driver AS other_driver
FROM f1.final_event e
LEFT JOIN f1.drivers d ON d.race_id = e.race_id AND d.car = e.car
LEFT JOIN f1.drivers o ON o.race_id = e.race_id AND o.car = e.other_vehicle_idx
LEFT JOIN f1.enum_penalty p ON p.packet_format = e.packet_format AND p.value = e.penalty_type
LEFT JOIN f1.enum_infringement i ON i.packet_format = e.packet_format AND i.value = e.infringement_type
WHERE e.event_string_code = 'PENA';
COMMENT ON VIEW f1.penalties IS 'Penalties and warnings, except those that a flashback took back. Formats 2020-2026';
COMMENT ON COLUMN f1.penalties.session_time IS 'Session time at which it was given [s]';
COMMENT ON COLUMN f1.penalties.lap_num IS 'Lap of the penalty';
COMMENT ON COLUMN f1.penalties.penalty IS 'Kind of penalty';
COMMENT ON COLUMN f1.penalties.infringement IS 'What it was given for';
COMMENT ON COLUMN f1.penalties.seconds IS 'Time gained, or time of the penalty [s]';
COMMENT ON COLUMN f1.penalties.places_gained IS 'Places gained';
COMMENT ON COLUMN f1.penalties.other_car IS 'Index of the other car that was involved';
COMMENT ON COLUMN f1.penalties.other_driver IS 'Its driver';

CREATE OR REPLACE VIEW f1.incidents AS
SELECT e.race_id, e.session_time, n.name AS incident, e.this_car AS car, d.driver, d.team, e.other_car, o.driver AS other_driver,
	concat_ws(', ', k.name, a.name, r.name, v.name, z.name) AS details
FROM (
	SELECT e.*, COALESCE(e.car, e.vehicle1_idx) AS this_car, e.vehicle2_idx AS other_car
	FROM f1.final_event e
	WHERE e.event_string_code IN ('COLL', 'RTMT', 'SCAR', 'RDFL', 'DTSV', 'SGSV', 'DRSD', 'DRSE')
) e
LEFT JOIN f1.enum_event_code n ON n.packet_format = e.packet_format AND n.value = e.event_string_code
LEFT JOIN f1.drivers d ON d.race_id = e.race_id AND d.car = e.this_car
LEFT JOIN f1.drivers o ON o.race_id = e.race_id AND o.car = e.other_car
LEFT JOIN f1.enum_safety_car k ON k.packet_format = e.packet_format AND k.value = e.safety_car_type
	AND e.event_string_code = 'SCAR'
LEFT JOIN f1.enum_safety_car_event a ON a.packet_format = e.packet_format AND a.value = e.event_type
	AND e.event_string_code = 'SCAR'
LEFT JOIN f1.enum_result_reason r ON r.packet_format = e.packet_format AND r.value = e.reason
	AND e.event_string_code = 'RTMT'
LEFT JOIN f1.enum_drs_disabled_reason z ON z.packet_format = e.packet_format AND z.value = e.reason
	AND e.event_string_code = 'DRSD'
LEFT JOIN f1.enum_collision_severity v ON v.packet_format = e.packet_format AND v.value = e.severity
	AND e.event_string_code = 'COLL';
COMMENT ON VIEW f1.incidents IS 'Collisions, retirements, safety cars, red flags, penalties served, and DRS enabled or disabled, except those that a flashback took back';
COMMENT ON COLUMN f1.incidents.session_time IS 'Session time of the incident [s]';
COMMENT ON COLUMN f1.incidents.incident IS 'What happened';
COMMENT ON COLUMN f1.incidents.other_car IS 'Index of the other car of a collision';
COMMENT ON COLUMN f1.incidents.other_driver IS 'Its driver';
COMMENT ON COLUMN f1.incidents.details IS 'Kind of safety car, reason for a retirement or for no DRS, severity of a collision, as far as the format has them';

CREATE OR REPLACE VIEW f1.lap_moves AS
SELECT race_id, lap_num, car, driver, team, end_time, position, packet_format,
	CASE WHEN lag(lap_num) OVER w = lap_num - 1 THEN lag(position) OVER w END AS position_before,
	in_lap OR out_lap OR COALESCE(lag(in_lap) OVER w, false) AS in_pits
FROM f1.laps
WHERE is_race
WINDOW w AS (PARTITION BY race_id, car ORDER BY lap_num);
COMMENT ON VIEW f1.lap_moves IS 'The position at the end of a lap and of the one before, in races';
COMMENT ON COLUMN f1.lap_moves.end_time IS 'Session time at the end of the lap [s]';
COMMENT ON COLUMN f1.lap_moves.position IS 'Position at the end of the lap';
COMMENT ON COLUMN f1.lap_moves.position_before IS 'Position at the end of the lap before';
COMMENT ON COLUMN f1.lap_moves.in_pits IS 'Was the car in the pits in this lap or at its beginning?';

-- (A function, so that the planner does not think of all pairs there are, and compile for them.)
CREATE OR REPLACE FUNCTION f1.swaps(now smallint[], before smallint[]) RETURNS TABLE (ahead integer, behind integer)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 5 COST 10 SET jit = off AS $$
	SELECT a.n::integer, b.n::integer
	FROM unnest(swaps.now, swaps.before) WITH ORDINALITY a (place, place_before, n)
	JOIN unnest(swaps.now, swaps.before) WITH ORDINALITY b (place, place_before, n)
		ON a.place < b.place AND a.place_before > b.place_before
$$;
COMMENT ON FUNCTION f1.swaps IS 'Which two have changed places, by their index in the arrays: the one ahead now was behind before';

-- From 2023 on the game tells overtakes. Before, two cars have changed places if at one line one was ahead and at the next
-- the other, and neither of them was in the pits.
CREATE OR REPLACE VIEW f1.overtakes AS
SELECT e.race_id, e.session_time, NULL::smallint AS lap_num, e.overtaking_vehicle_idx AS car, d.driver, d.team,
	e.being_overtaken_vehicle_idx AS overtaken_car, o.driver AS overtaken_driver, true AS told
FROM f1.final_event e
LEFT JOIN f1.drivers d ON d.race_id = e.race_id AND d.car = e.overtaking_vehicle_idx
LEFT JOIN f1.drivers o ON o.race_id = e.race_id AND o.car = e.being_overtaken_vehicle_idx
WHERE e.event_string_code = 'OVTK'
UNION ALL
SELECT l.race_id, l.times[s.ahead], l.lap_num, l.cars[s.ahead], l.drivers[s.ahead], l.teams[s.ahead], l.cars[s.behind],
	l.drivers[s.behind], false
FROM (
	SELECT race_id, lap_num, array_agg(end_time) AS times, array_agg(car) AS cars, array_agg(driver) AS drivers,
		array_agg(team) AS teams, array_agg(position) AS positions, array_agg(position_before) AS positions_before
	FROM f1.lap_moves
	WHERE packet_format < 2023 AND NOT in_pits
	GROUP BY race_id, lap_num
) l
CROSS JOIN LATERAL f1.swaps(l.positions, l.positions_before) s;
COMMENT ON VIEW f1.overtakes IS 'Overtakes: from 2023 on those that the game reports, except what a flashback took back; before, those that show from one lap end to the next, except in and out laps';
COMMENT ON COLUMN f1.overtakes.session_time IS 'Session time of the overtake, or of the end of the lap [s]';
COMMENT ON COLUMN f1.overtakes.lap_num IS 'Lap in which it shows, up to 2022';
COMMENT ON COLUMN f1.overtakes.overtaken_car IS 'Index of the car that was overtaken';
COMMENT ON COLUMN f1.overtakes.overtaken_driver IS 'Its driver';
COMMENT ON COLUMN f1.overtakes.told IS 'Does the game report it, or does it show from one lap end to the next?';
