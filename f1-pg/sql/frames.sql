-- frames: which frames of each session came, a bit each
-- SPDX-License-Identifier: MIT

-- f1-pg adds to it in the transaction that adds the samples. Who wants to know what is missing need not read these.
CREATE TABLE IF NOT EXISTS f1.frames (
	session_uid bigint NOT NULL,
	packet text NOT NULL,
	chunk integer NOT NULL,
	seen bit(1024) NOT NULL,
	PRIMARY KEY (session_uid, packet, chunk)
) WITH (fillfactor = 50);
COMMENT ON TABLE f1.frames IS 'Which frames of each session have which packet, for the view telemetry_gaps. f1-pg maintains it';
COMMENT ON COLUMN f1.frames.session_uid IS 'Id of the session';
COMMENT ON COLUMN f1.frames.packet IS 'Kind of packet';
COMMENT ON COLUMN f1.frames.chunk IS 'Overall frame / 1024';
COMMENT ON COLUMN f1.frames.seen IS 'A bit for each of the 1024 frames, set if the packet came. Frame 0, which comes after the end, is not counted';

CREATE OR REPLACE FUNCTION f1.frame_time(session_uid bigint, packet text, frame integer) RETURNS real
	LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
	at real;
BEGIN
	EXECUTE format('SELECT min(session_time) FROM f1.%I WHERE session_uid = $1 AND overall_frame_identifier = $2', packet)
	INTO at USING session_uid, frame;
	RETURN at;
END $$;
COMMENT ON FUNCTION f1.frame_time IS 'The session time of a frame [s]; null if there is no sample of that packet';

-- Tables that were filled before there was this one.
DO $$
DECLARE
	packet text;
BEGIN
	IF EXISTS (SELECT FROM f1.frames) THEN
		RETURN;
	END IF;
	FOREACH packet IN ARRAY ARRAY['motion', 'motion_ex', 'session', 'lap_data',
		'car_setups', 'car_telemetry', 'car_status', 'car_damage', 'car_telemetry_2'] LOOP
		EXECUTE format('INSERT INTO f1.frames
			SELECT session_uid, %L, frame / 1024, bit_or(set_bit(0::bit(1024), frame %% 1024, 1))
			FROM (SELECT DISTINCT session_uid, overall_frame_identifier AS frame FROM f1.%I WHERE frame_identifier > 0) s
			GROUP BY 1, 2, 3', packet, packet);
	END LOOP;
END $$;
