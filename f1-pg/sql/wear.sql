-- wear: tyres and fuel at the end of each lap, the weather
-- SPDX-License-Identifier: MIT

-- Wear stands in car_damage from 2021 on, before in car_status.
CREATE OR REPLACE VIEW f1.tyre_wear AS
SELECT l.race_id, l.car, l.driver, l.team, l.lap_num, l.stint, l.tyre, l.tyre_age, w.rl, w.rr, w.fl, w.fr,
	GREATEST(w.rl, w.rr, w.fl, w.fr) AS worst
FROM f1.laps l
LEFT JOIN LATERAL (
	SELECT w.*
	FROM (
		(SELECT d.tyres_wear_rl AS rl, d.tyres_wear_rr AS rr, d.tyres_wear_fl AS fl, d.tyres_wear_fr AS fr
		FROM f1.car_damage d
		WHERE l.packet_format >= 2021 AND d.session_uid = l.last_session AND d.car = l.car
			AND d.overall_frame_identifier BETWEEN l.last_frame - 600 AND l.last_frame
		ORDER BY d.overall_frame_identifier DESC
		LIMIT 1)
		UNION ALL
		(SELECT s.tyres_wear_rl, s.tyres_wear_rr, s.tyres_wear_fl, s.tyres_wear_fr
		FROM f1.car_status s
		WHERE l.packet_format < 2021 AND s.session_uid = l.last_session AND s.car = l.car
			AND s.overall_frame_identifier BETWEEN l.last_frame - 600 AND l.last_frame
		ORDER BY s.overall_frame_identifier DESC
		LIMIT 1)
	) w
	WHERE NOT EXISTS (SELECT FROM f1.restricted_cars h WHERE h.session_uid = l.last_session AND h.car = l.car)
) w ON true
WHERE l.seen;
COMMENT ON VIEW f1.tyre_wear IS 'Wear of the tyres at the end of each lap; after a stop in the lap, that of the new ones. Null if the player hides it';
COMMENT ON COLUMN f1.tyre_wear.stint IS 'Stint, from 1';
COMMENT ON COLUMN f1.tyre_wear.tyre IS 'Tyre, by its name in the game';
COMMENT ON COLUMN f1.tyre_wear.tyre_age IS 'Age of the tyres at the beginning of the lap, in laps. Formats 2020-2026';
COMMENT ON COLUMN f1.tyre_wear.rl IS 'Wear rear left [%]';
COMMENT ON COLUMN f1.tyre_wear.rr IS 'Wear rear right [%]';
COMMENT ON COLUMN f1.tyre_wear.fl IS 'Wear front left [%]';
COMMENT ON COLUMN f1.tyre_wear.fr IS 'Wear front right [%]';
COMMENT ON COLUMN f1.tyre_wear.worst IS 'The largest of the four [%]';

CREATE OR REPLACE VIEW f1.fuel AS
SELECT l.race_id, l.car, l.driver, l.team, l.lap_num, s.fuel_in_tank AS fuel, s.fuel_remaining_laps AS laps_left,
	CASE WHEN lag(l.lap_num) OVER w = l.lap_num - 1 THEN f1.minus(lag(s.fuel_in_tank) OVER w, s.fuel_in_tank) END AS used, m.name AS mix
FROM f1.laps l
LEFT JOIN LATERAL (
	SELECT s.fuel_in_tank, s.fuel_remaining_laps, s.fuel_mix
	FROM f1.car_status s
	WHERE s.session_uid = l.last_session AND s.car = l.car
		AND s.overall_frame_identifier BETWEEN l.last_frame - 600 AND l.last_frame
		AND NOT EXISTS (SELECT FROM f1.restricted_cars h WHERE h.session_uid = l.last_session AND h.car = l.car)
	ORDER BY s.overall_frame_identifier DESC
	LIMIT 1
) s ON true
LEFT JOIN f1.enum_fuel_mix m ON m.packet_format = l.packet_format AND m.value = s.fuel_mix
WHERE l.seen
WINDOW w AS (PARTITION BY l.race_id, l.car ORDER BY l.lap_num);
COMMENT ON VIEW f1.fuel IS 'Fuel at the end of each lap. Null if the player hides it';
COMMENT ON COLUMN f1.fuel.fuel IS 'Fuel in the tank [kg]';
COMMENT ON COLUMN f1.fuel.laps_left IS 'How many laps more than needed it lasts, below 0 if fewer, as the game displays it. Formats 2019-2026';
COMMENT ON COLUMN f1.fuel.used IS 'Used in this lap [kg]; null if the one before was not seen';
COMMENT ON COLUMN f1.fuel.mix IS 'Mixture';

CREATE OR REPLACE VIEW f1.weather AS
SELECT race_id, from_time, lead(from_time) OVER (PARTITION BY race_id ORDER BY part, frame) AS to_time,
	weather, track_temperature, air_temperature
FROM (
	SELECT s.race_id, c.part, s.overall_frame_identifier AS frame, s.session_time AS from_time, w.name AS weather,
		s.track_temperature, s.air_temperature, (s.weather, s.track_temperature, s.air_temperature) IS DISTINCT FROM
			lag((s.weather, s.track_temperature, s.air_temperature)) OVER (
				PARTITION BY s.race_id ORDER BY c.part, s.overall_frame_identifier)
		AS changes
	FROM f1.final_session s
	JOIN f1.session_chain c USING (session_uid)
	LEFT JOIN f1.enum_weather w ON w.packet_format = s.packet_format AND w.value = s.weather
) s
WHERE changes;
COMMENT ON VIEW f1.weather IS 'The weather, with a row for each change of it or of the temperatures';
COMMENT ON COLUMN f1.weather.from_time IS 'Session time at which it began [s]';
COMMENT ON COLUMN f1.weather.to_time IS 'Session time at which it ended [s]; null for the last row, which lasts to the end';
COMMENT ON COLUMN f1.weather.weather IS 'Weather';
COMMENT ON COLUMN f1.weather.track_temperature IS 'Temperature of the track [degrees C]';
COMMENT ON COLUMN f1.weather.air_temperature IS 'Temperature of the air [degrees C]';
