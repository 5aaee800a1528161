-- samples: those of the final timeline, and nothing where the game hides something
-- SPDX-License-Identifier: MIT
--
-- final_NAME has the columns of the table NAME. What a player does not show comes as 0, and is null here.

DROP FUNCTION IF EXISTS f1.make_final(text, text[]);	-- of an earlier version
CREATE OR REPLACE FUNCTION f1.make_final(name text, hides text, hidden text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	this text := 'f1.' || quote_ident('final_' || name);
	columns text;
	comments record;
BEGIN
	SELECT string_agg(CASE WHEN attname = ANY (hidden)
			THEN format('CASE WHEN %2$s THEN NULL ELSE s.%1$I END AS %1$I', attname, hides)
			WHEN attname || '@2020' = ANY (hidden)
			THEN format('CASE WHEN %2$s AND s.packet_format = 2020 THEN NULL ELSE s.%1$I END AS %1$I', attname, hides)
			ELSE format('s.%I', attname) END, ', ' ORDER BY attnum)
	INTO columns
	FROM pg_attribute
	WHERE attrelid = format('f1.%I', name)::regclass AND attnum > 0 AND NOT attisdropped;
	EXECUTE format('CREATE OR REPLACE VIEW %s AS
		SELECT t.race_id, %s
		FROM f1.timeline t
		JOIN f1.%I s ON s.session_uid = t.session_uid AND s.overall_frame_identifier BETWEEN t.first_frame AND t.last_frame
			AND (s.overall_frame_identifier - s.frame_identifier = t.pass OR s.frame_identifier = 0 OR t.pass IS NULL)
			AND (t.until_time IS NULL OR s.session_time < t.until_time)', this, columns, name)
		|| CASE WHEN hides LIKE 'd.%' THEN ' LEFT JOIN f1.drivers d ON d.race_id = t.race_id AND d.car = s.car' ELSE '' END;
	EXECUTE format('COMMENT ON VIEW %s IS %L', this, format(
		'The samples of %s that count: without what flashbacks and reloads took back%s', name,
		CASE WHEN hides IS NOT NULL THEN '; null where a player hides something' ELSE '' END));
	FOR comments IN
		SELECT attname, col_description(attrelid, attnum) AS text
		FROM pg_attribute
		WHERE attrelid = format('f1.%I', name)::regclass AND attnum > 0 AND NOT attisdropped
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', this, comments.attname, comments.text);
	END LOOP;
END $$;
COMMENT ON FUNCTION f1.make_final IS 'Makes the view final_NAME of a table of samples s; where a condition hides them, of s or the driver d, the hidden columns are null';

-- The lists of all years together: what a year does not hide, it does not set to 0 either, but for what only 2020 hides.
-- Setups of others online are blank, restricted or not; no car has a brake bias of 0.
SELECT f1.make_final(name, hides, hidden)
FROM (VALUES
	('motion', NULL, '{}'::text[]), ('motion_ex', NULL, '{}'), ('session', NULL, '{}'), ('lap_data', NULL, '{}'),
	('car_telemetry', NULL, '{}'), ('car_telemetry_2', NULL, '{}'), ('event', NULL, '{}'),
	('car_setups', 's.brake_bias = 0', '{
		front_wing,rear_wing,on_throttle,off_throttle,front_camber,rear_camber,front_toe,rear_toe,
		front_suspension,rear_suspension,front_anti_roll_bar,rear_anti_roll_bar,front_suspension_height,
		rear_suspension_height,brake_pressure,brake_bias,engine_braking,rear_left_tyre_pressure,
		rear_right_tyre_pressure,front_left_tyre_pressure,front_right_tyre_pressure,ballast,fuel_load,
		front_tyre_pressure,rear_tyre_pressure}'),
	('car_status', 'd.restricted', '{
		fuel_in_tank,fuel_capacity,fuel_mix,fuel_remaining_laps,front_brake_bias,ers_store_energy,ers_deploy_mode,
		ers_harvested_this_lap_mguk,ers_harvested_this_lap_mguh,ers_harvest_limit_per_lap,ers_deployed_this_lap,
		engine_power_ice,engine_power_mguk,front_left_wing_damage,front_right_wing_damage,rear_wing_damage,
		engine_damage,gear_box_damage,tyres_wear_rl,tyres_wear_rr,tyres_wear_fl,tyres_wear_fr,tyres_damage_rl,
		tyres_damage_rr,tyres_damage_fl,tyres_damage_fr,tyres_age_laps@2020}'),
	('car_damage', 'd.restricted', '{
		tyres_wear_rl,tyres_wear_rr,tyres_wear_fl,tyres_wear_fr,tyres_damage_rl,tyres_damage_rr,tyres_damage_fl,
		tyres_damage_fr,brakes_damage_rl,brakes_damage_rr,brakes_damage_fl,brakes_damage_fr,front_left_wing_damage,
		front_right_wing_damage,rear_wing_damage,floor_damage,diffuser_damage,sidepod_damage,drs_fault,
		gear_box_damage,engine_damage,engine_mguh_wear,engine_es_wear,engine_ce_wear,engine_ice_wear,
		engine_mguk_wear,engine_tc_wear}')
) v (name, hides, hidden);
