-- loads: what f1-pg and f1-load keep for themselves
-- SPDX-License-Identifier: MIT

CREATE TABLE IF NOT EXISTS f1.loads (
	session_uid bigint PRIMARY KEY,
	received_at timestamptz,
	loaded_at timestamptz NOT NULL DEFAULT now(),
	samples_dropped_at timestamptz
);
COMMENT ON TABLE f1.loads IS 'When a session was received and loaded, for f1-pg --keep';
COMMENT ON COLUMN f1.loads.session_uid IS 'Id of the session';
COMMENT ON COLUMN f1.loads.received_at IS 'When its first datagram arrived, if the capture has the time';
COMMENT ON COLUMN f1.loads.loaded_at IS 'When it was first loaded';
COMMENT ON COLUMN f1.loads.samples_dropped_at IS 'When f1-pg --keep-samples dropped its samples, if it has not been loaded since';

CREATE OR REPLACE FUNCTION f1.session_lock(session_uid bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	AS $$ SELECT hashtextextended('f1.session_lock', session_uid) $$;
COMMENT ON FUNCTION f1.session_lock IS 'The advisory lock of a session: shared for loading it, exclusive for dropping it';

CREATE TABLE IF NOT EXISTS f1.loaded_files (
	sha256 text NOT NULL,
	name text NOT NULL,
	bytes bigint NOT NULL,
	modified timestamptz NOT NULL,
	loaded_at timestamptz NOT NULL DEFAULT now(),
	status integer NOT NULL,
	PRIMARY KEY (sha256, name)
);
COMMENT ON TABLE f1.loaded_files IS 'The captures that f1-load has loaded';
COMMENT ON COLUMN f1.loaded_files.sha256 IS 'Hash of its bytes, unpacked';
COMMENT ON COLUMN f1.loaded_files.name IS 'Its name when it was loaded';
COMMENT ON COLUMN f1.loaded_files.bytes IS 'Its size on disk';
COMMENT ON COLUMN f1.loaded_files.modified IS 'Its time of modification when it was loaded';
COMMENT ON COLUMN f1.loaded_files.loaded_at IS 'When it was loaded';
COMMENT ON COLUMN f1.loaded_files.status IS '0, or 65 if packets in it are cut off, or some of its records could not be rows';
