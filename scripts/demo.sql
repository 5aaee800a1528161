-- demo.sql: what scripts/demo shows of the session :'uid' (16 hex digits)
-- SPDX-License-Identifier: MIT
\pset footer off
SELECT coalesce(t.name, 'track ' || s.track_id) AS track, coalesce(k.name, 'session ' || s.session_type) AS session, s.packet_format AS format,
	s.total_laps AS laps, coalesce(w.name, '') AS weather, s.track_temperature || ' °C' AS track_temperature, f1.session_hex(s.session_uid) AS session_uid
FROM f1.session s
LEFT JOIN f1.enum_track t ON t.packet_format = s.packet_format AND t.value = s.track_id
LEFT JOIN f1.enum_session_type k ON k.packet_format = s.packet_format AND k.value = s.session_type
LEFT JOIN f1.enum_weather w ON w.packet_format = s.packet_format AND w.value = s.weather
WHERE s.session_uid = f1.session_uid(:'uid')
ORDER BY s.overall_frame_identifier DESC LIMIT 1;

\echo Classification
SELECT c.position AS pos, c.car, p.name AS driver, coalesce(t.name, 'team ' || p.team_id) AS team, c.num_laps AS laps, c.grid_position AS grid,
	c.num_pit_stops AS stops, to_char(make_interval(secs => c.total_race_time + c.penalties_time), 'FMHH24:MI:SS.MS') AS race_time,
	c.points, r.name AS result
FROM f1.final_classification c
JOIN f1.participants p USING (session_uid, car)
LEFT JOIN f1.enum_team t ON t.packet_format = p.packet_format AND t.value = p.team_id
LEFT JOIN f1.enum_result_status r ON r.packet_format = c.packet_format AND r.value = c.result_status
WHERE c.session_uid = f1.session_uid(:'uid')
ORDER BY c.position;

\echo Fastest laps
SELECT row_number() OVER (ORDER BY b.ms) AS pos, best.car, p.name AS driver, to_char(make_interval(secs => b.ms / 1000.0), 'FMMI:SS.MS') AS lap_time, b.lap,
	b.speed AS top_speed
FROM (
	SELECT car, (array_agg(lap_time_in_ms ORDER BY lap_time_in_ms, lap_num))[1] AS ms,
		(array_agg(lap_num ORDER BY lap_time_in_ms, lap_num))[1] AS lap
	FROM f1.lap_history
	WHERE session_uid = f1.session_uid(:'uid') AND lap_time_in_ms > 0 AND lap_valid_bit_flags & 1 = 1
	GROUP BY car
	UNION ALL	-- up to 2020 the game tells the best lap with every frame
	SELECT car, round(min(best_lap_time)::numeric * 1000), (array_agg(best_lap_num ORDER BY best_lap_time))[1]
	FROM f1.lap_data
	WHERE session_uid = f1.session_uid(:'uid') AND best_lap_time > 0
	GROUP BY car
) best (car, ms, lap)
JOIN (SELECT car, max(speed) FROM f1.car_telemetry WHERE session_uid = f1.session_uid(:'uid') GROUP BY car) top (car, speed) USING (car)
CROSS JOIN LATERAL (SELECT best.ms, best.lap, top.speed) b
JOIN f1.participants p ON p.session_uid = f1.session_uid(:'uid') AND p.car = best.car
ORDER BY b.ms LIMIT 5;
