-- drivers: who drives, by the names of the league where it gave some
-- SPDX-License-Identifier: MIT

CREATE TABLE IF NOT EXISTS f1.league_drivers (
	name text NOT NULL,
	team text,
	race_number smallint,
	network_id integer,
	game_name text,
	CHECK (race_number IS NOT NULL OR network_id IS NOT NULL OR game_name IS NOT NULL),
	UNIQUE NULLS NOT DISTINCT (race_number, network_id, game_name)
);
COMMENT ON TABLE f1.league_drivers IS 'What the league calls its drivers; f1-pg --names loads it. A row applies to a driver who agrees with all that it gives; if several apply, the one that gives most is used';
COMMENT ON COLUMN f1.league_drivers.name IS 'Name to show in the views';
COMMENT ON COLUMN f1.league_drivers.team IS 'Team to show in the views; null for that of the game';
COMMENT ON COLUMN f1.league_drivers.race_number IS 'Number on the car; null for any. A row with only a number does not apply to a car that the game drives';
COMMENT ON COLUMN f1.league_drivers.network_id IS 'Id of the player in the network game; null for any';
COMMENT ON COLUMN f1.league_drivers.game_name IS 'Name in the game, in upper or lower case; null for any';

-- your_telemetry is 0 also for cars of the game, and without a network nobody hides anything
CREATE OR REPLACE VIEW f1.restricted_cars AS
SELECT p.session_uid, p.car
FROM f1.participants p
LEFT JOIN f1.session_info i USING (session_uid)
WHERE p.your_telemetry = 0 AND p.car <> p.player_car_index AND COALESCE(i.network_game, 1) <> 0;
COMMENT ON VIEW f1.restricted_cars IS 'The cars whose players hide something from the machine that sent the telemetry. What they hide comes as 0, and is null in the views';
COMMENT ON COLUMN f1.restricted_cars.session_uid IS 'The session';
COMMENT ON COLUMN f1.restricted_cars.car IS 'Index of the car';

CREATE OR REPLACE VIEW f1.drivers AS
SELECT p.race_id, p.car, COALESCE(d.name, p.name) AS driver, COALESCE(d.team, t.name, 'Team ' || p.team_id) AS team,
	p.race_number, n.name AS nationality, p.name AS game_name, d.name IS NOT NULL AS in_league,
	p.ai_controlled = 1 AS ai_controlled, p.car = p.player_car_index AS is_player,
	EXISTS (SELECT FROM f1.restricted_cars h WHERE h.session_uid = p.session_uid AND h.car = p.car) AS restricted
FROM (
	SELECT DISTINCT ON (c.race_id, p.car) c.race_id, p.*
	FROM f1.session_chain c
	JOIN f1.participants p USING (session_uid)
	WHERE f1.is_used(p)
	ORDER BY c.race_id, p.car, c.part DESC
) p
LEFT JOIN f1.enum_team t ON t.packet_format = p.packet_format AND t.value = p.team_id
LEFT JOIN f1.enum_nationality n ON n.packet_format = p.packet_format AND n.value = p.nationality
LEFT JOIN LATERAL (
	SELECT l.name, l.team
	FROM f1.league_drivers l
	WHERE (l.race_number IS NULL OR l.race_number = p.race_number)
		AND (l.network_id IS NULL OR l.network_id = p.network_id)
		AND (l.game_name IS NULL OR lower(l.game_name) = lower(p.name))
		-- online players have no driver of the game: above 99 up to 2020, then the largest number
		AND (l.network_id IS NOT NULL OR l.game_name IS NOT NULL OR p.ai_controlled = 0 OR p.driver_id >= 100)
	ORDER BY (l.game_name IS NOT NULL)::int + (l.network_id IS NOT NULL)::int + (l.race_number IS NOT NULL)::int DESC,
		l.game_name, l.network_id, l.race_number
	LIMIT 1
) d ON true;
COMMENT ON VIEW f1.drivers IS 'Who drove which car in a race, by the names of the league (league_drivers) or of the game';
COMMENT ON COLUMN f1.drivers.race_id IS 'The race';
COMMENT ON COLUMN f1.drivers.car IS 'Index of the car';
COMMENT ON COLUMN f1.drivers.driver IS 'Name, of the league or of the game';
COMMENT ON COLUMN f1.drivers.team IS 'Team, of the league or of the game';
COMMENT ON COLUMN f1.drivers.race_number IS 'Number on the car';
COMMENT ON COLUMN f1.drivers.nationality IS 'Nationality';
COMMENT ON COLUMN f1.drivers.game_name IS 'Name in the game';
COMMENT ON COLUMN f1.drivers.in_league IS 'Is the name that of the league?';
COMMENT ON COLUMN f1.drivers.ai_controlled IS 'Does the game drive?';
COMMENT ON COLUMN f1.drivers.is_player IS 'Is it the player who sent the telemetry?';
COMMENT ON COLUMN f1.drivers.restricted IS 'Does the player hide fuel, energy, wear and damage? They are null in the views';
