-- loss: what is missing in the telemetry
-- SPDX-License-Identifier: MIT

-- Of many equal steps one behind the other some are enough to know the usual one.
CREATE OR REPLACE FUNCTION f1.fewer(line text, step text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT replace(replace(line, repeat(step, 256), repeat(step, 4)), repeat(step, 16), repeat(step, 4)) $$;
COMMENT ON FUNCTION f1.fewer IS 'A line of frames with less of what repeats itself';

-- Most kinds of packet come in every frame, those of the session only now and then. A kind that is there in most frames
-- should be in all in which another such kind is, and go on where all of them stop for a while; one that is not should come at
-- the distance at which it mostly comes.
-- The frames of a kind are a line of ones and zeros, and what is looked for are the zeros between two ones.
CREATE OR REPLACE FUNCTION f1.session_gaps(session_uid bigint)
	RETURNS TABLE (packet text, frames integer, expected integer, missing integer, longest_gap real, gap_time real)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 10 SET jit = off AS $$
	WITH kinds AS MATERIALIZED (
		SELECT packet, sum(bit_count(seen)) AS frames, min(chunk) AS first,
			LEAST(max(chunk), min(chunk) + 4096) AS last,	-- 19 hours: a frame behind that is a mistake
			sum(bit_count(seen)) > max(sum(bit_count(seen))) OVER () / 2 AS often
		FROM f1.frames f
		WHERE f.session_uid = session_gaps.session_uid
		GROUP BY packet
	), together AS MATERIALIZED (
		SELECT chunk, bit_or(seen) AS seen
		FROM f1.frames f
		JOIN kinds k USING (packet)
		WHERE f.session_uid = session_gaps.session_uid AND k.often
		GROUP BY chunk
	), stalls AS (
		-- Where all of them stopped. The game itself leaves out a frame here and there, so that less than six steps are none.
		-- The usual step is that on both sides, since the rate may change, and what is alone at the end is a mistake.
		SELECT COALESCE(sum(round(step::numeric / usual) - 1), 0) AS frames
		FROM (
			SELECT step, lead(step) OVER w AS after,
				GREATEST(LEAST(lag(step) OVER w, lag(step, 2) OVER w), LEAST(lead(step) OVER w, lead(step, 2) OVER w)) AS usual
			FROM (
				SELECT string_agg(COALESCE(t.seen, 0::bit(1024))::text, '' ORDER BY c.chunk) AS line
				FROM (SELECT min(first) AS first, max(last) AS last FROM kinds WHERE often) k
				CROSS JOIN LATERAL generate_series(k.first, k.last) c (chunk)
				LEFT JOIN together t USING (chunk)
			) l
			-- at 60, 30, 20 and 10 Hz
			CROSS JOIN LATERAL f1.fewer(f1.fewer(f1.fewer(f1.fewer(trim('0' FROM line), '1'), '10'), '100'), '100000') r (short)
			CROSS JOIN LATERAL string_to_table(left(short, -1), '1') WITH ORDINALITY t (hole, n)
			CROSS JOIN LATERAL (SELECT length(hole) + 1) s (step)
			WHERE n > 1
			WINDOW w AS (ORDER BY n)
		) s
		WHERE step >= 6 * usual AND after IS NOT NULL
	), lines AS MATERIALIZED (
		SELECT k.packet, k.often, k.first, string_agg(COALESCE(f.seen, 0::bit(1024))::text, '' ORDER BY c.chunk) AS line
		FROM kinds k
		CROSS JOIN LATERAL generate_series(k.first, k.last) c (chunk)
		LEFT JOIN f1.frames f ON f.session_uid = session_gaps.session_uid AND f.packet = k.packet AND f.chunk = c.chunk
		GROUP BY k.packet, k.often, k.first
	), holes AS (
		-- the steps from one frame to the next; where most are 1 those need not be counted
		SELECT l.packet, h.longest, h.missing, 1024 * l.first + strpos(line, '1' || repeat('0', h.longest - 1) || '1') - 1 AS before
		FROM lines l
		CROSS JOIN LATERAL (SELECT left(trim('0' FROM CASE WHEN often THEN regexp_replace(line, '1+', '1', 'g') ELSE line END), -1)) o (ones)
		CROSS JOIN LATERAL (
			SELECT COALESCE(max(step), 1) AS longest, sum(times * GREATEST(round(step::numeric / usual) - 1, 0)) AS missing
			FROM (
				SELECT length(hole) + 1 AS step, count(*) AS times,
					first_value(length(hole) + 1) OVER (ORDER BY count(*) DESC, length(hole)) AS usual
				FROM string_to_table(ones, '1') WITH ORDINALITY t (hole, n)
				WHERE n > 1
				GROUP BY length(hole)
			) s
		) h
	)
	SELECT k.packet, k.frames::integer, x.expected::integer, (x.expected - k.frames)::integer, f1.minus(t.after, t.before), t.before
	FROM kinds k
	JOIN holes h USING (packet)
	CROSS JOIN LATERAL (SELECT CASE WHEN k.often THEN (SELECT sum(bit_count(seen)) FROM together) + (SELECT frames FROM stalls)
		ELSE k.frames + COALESCE(h.missing, 0) END) x (expected)
	CROSS JOIN LATERAL (SELECT f1.frame_time(session_gaps.session_uid, k.packet, h.before),
		f1.frame_time(session_gaps.session_uid, k.packet, h.before + h.longest)) t (before, after)
$$;
COMMENT ON FUNCTION f1.session_gaps IS 'See the view telemetry_gaps';

CREATE OR REPLACE VIEW f1.telemetry_gaps AS
SELECT c.race_id, c.session_uid, g.packet, g.frames, g.expected, g.missing,
	round(100.0 * g.missing / NULLIF(g.expected, 0), 3) AS missing_percent,
	g.longest_gap, g.gap_time
FROM f1.session_chain c
CROSS JOIN LATERAL f1.session_gaps(c.session_uid) g;
COMMENT ON VIEW f1.telemetry_gaps IS 'What is missing of each session and kind of packet: datagrams that did not come in a frame in which others came, or where none came for six times as long as usual, and the longest time without any';
COMMENT ON COLUMN f1.telemetry_gaps.packet IS 'Kind of packet';
COMMENT ON COLUMN f1.telemetry_gaps.frames IS 'Frames that have it';
COMMENT ON COLUMN f1.telemetry_gaps.expected IS 'Frames that should have it';
COMMENT ON COLUMN f1.telemetry_gaps.missing IS 'The difference';
COMMENT ON COLUMN f1.telemetry_gaps.missing_percent IS 'The same as a share [%]';
COMMENT ON COLUMN f1.telemetry_gaps.longest_gap IS 'Longest time without one [s]';
COMMENT ON COLUMN f1.telemetry_gaps.gap_time IS 'Session time when that began [s]';
