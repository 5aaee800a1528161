-- loss: what is missing in the telemetry
-- SPDX-License-Identifier: MIT

-- Most kinds of packet come in every frame, those of the session only now and then. A kind that is there in most frames
-- should be in all in which another such kind is; one that is not should come at the distance at which it mostly comes.
-- This reads all samples of a session: seconds for a long race.
CREATE OR REPLACE FUNCTION f1.session_gaps(session_uid bigint)
	RETURNS TABLE (packet text, frames integer, expected integer, missing integer, longest_gap real, gap_time real)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 10 SET jit = off AS $$
	WITH seen AS MATERIALIZED (
		SELECT packet, frame, time, frame - lag(frame) OVER w AS step, time - lag(time) OVER w AS gap
		FROM (
			SELECT 'motion' AS packet, overall_frame_identifier AS frame, min(session_time) AS time
			FROM f1.motion x WHERE x.session_uid = session_gaps.session_uid AND x.frame_identifier > 0 GROUP BY 2
			UNION ALL
			SELECT 'lap_data', overall_frame_identifier, min(session_time)
			FROM f1.lap_data x WHERE x.session_uid = session_gaps.session_uid AND x.frame_identifier > 0 GROUP BY 2
			UNION ALL
			SELECT 'car_telemetry', overall_frame_identifier, min(session_time)
			FROM f1.car_telemetry x WHERE x.session_uid = session_gaps.session_uid AND x.frame_identifier > 0 GROUP BY 2
			UNION ALL
			SELECT 'car_status', overall_frame_identifier, min(session_time)
			FROM f1.car_status x WHERE x.session_uid = session_gaps.session_uid AND x.frame_identifier > 0 GROUP BY 2
			UNION ALL
			SELECT 'car_damage', overall_frame_identifier, min(session_time)
			FROM f1.car_damage x WHERE x.session_uid = session_gaps.session_uid AND x.frame_identifier > 0 GROUP BY 2
			UNION ALL
			SELECT 'car_setups', overall_frame_identifier, min(session_time)
			FROM f1.car_setups x WHERE x.session_uid = session_gaps.session_uid AND x.frame_identifier > 0 GROUP BY 2
			UNION ALL
			SELECT 'car_telemetry_2', overall_frame_identifier, min(session_time)
			FROM f1.car_telemetry_2 x WHERE x.session_uid = session_gaps.session_uid AND x.frame_identifier > 0 GROUP BY 2
			UNION ALL
			SELECT 'session', overall_frame_identifier, session_time
			FROM f1.session x WHERE x.session_uid = session_gaps.session_uid AND x.frame_identifier > 0
		) p
		WINDOW w AS (PARTITION BY packet ORDER BY frame)
	), kinds AS (
		SELECT packet, count(*) AS frames, mode() WITHIN GROUP (ORDER BY step) AS usual, max(gap) AS longest_gap,
			(array_agg(time - gap ORDER BY gap DESC NULLS LAST))[1] AS gap_time,
			count(*) > max(count(*)) OVER () / 2 AS often
		FROM seen
		GROUP BY packet
	), slow AS (
		SELECT packet, sum(GREATEST(round(step::numeric / usual) - 1, 0)) AS missing
		FROM seen
		JOIN kinds USING (packet)
		WHERE NOT often
		GROUP BY packet
	)
	SELECT k.packet, k.frames::integer, x.expected::integer, (x.expected - k.frames)::integer, k.longest_gap::real, k.gap_time::real
	FROM kinds k
	CROSS JOIN LATERAL (
		SELECT CASE WHEN k.often
			THEN (SELECT count(DISTINCT s.frame) FROM seen s JOIN kinds o USING (packet) WHERE o.often)
			ELSE k.frames + (SELECT missing FROM slow WHERE slow.packet = k.packet) END
	) x (expected)
$$;
COMMENT ON FUNCTION f1.session_gaps IS 'See the view telemetry_gaps';

CREATE OR REPLACE VIEW f1.telemetry_gaps AS
SELECT c.race_id, c.session_uid, g.packet, g.frames, g.expected, g.missing, round(100.0 * g.missing / NULLIF(g.expected, 0), 3) AS missing_percent,
	g.longest_gap, g.gap_time
FROM f1.session_chain c
CROSS JOIN LATERAL f1.session_gaps(c.session_uid) g;
COMMENT ON VIEW f1.telemetry_gaps IS 'What is missing, for each session and kind of packet: datagrams that did not come in a frame in which others came, and the longest time without any. It reads all samples, so ask for one race';
COMMENT ON COLUMN f1.telemetry_gaps.packet IS 'Kind of packet';
COMMENT ON COLUMN f1.telemetry_gaps.frames IS 'Frames that have it';
COMMENT ON COLUMN f1.telemetry_gaps.expected IS 'Frames that should';
COMMENT ON COLUMN f1.telemetry_gaps.missing IS 'The difference';
COMMENT ON COLUMN f1.telemetry_gaps.missing_percent IS 'The same as a share [%]';
COMMENT ON COLUMN f1.telemetry_gaps.longest_gap IS 'Longest time without one [s]';
COMMENT ON COLUMN f1.telemetry_gaps.gap_time IS 'Session time when that began [s]';
