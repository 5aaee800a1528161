"""parquet.py FOLDER: are the files those of psql, to the last value? By duckdb or pyarrow, whichever is there"""
# SPDX-License-Identifier: MIT
import datetime, glob, json, os, struct, subprocess, sys

try:
    import duckdb

    def read(path):
        found = duckdb.connect().execute("SELECT * FROM read_parquet('%s')" % path)
        names = [d[0] for d in found.description]
        return [dict(zip(names, row)) for row in found.fetchall()]
except ImportError:
    from pyarrow import parquet

    def read(path):
        return parquet.read_table(path).to_pylist()


def same(value):
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        # as many bits as most columns have; JSON knows no -0
        return 'nan' if value != value else struct.unpack('f', struct.pack('f', value))[0] + 0.0
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None)
    return value


def asked(value, like):
    if isinstance(like, datetime.datetime) and isinstance(value, str):
        return datetime.datetime.fromisoformat(value).astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return same(float(value) if isinstance(like, float) and value is not None else value)


folder, race = sys.argv[1:]
rows = 0
for path in sorted(glob.glob(folder + '/*.parquet')):
    name = os.path.basename(path)[:-8]
    columns = subprocess.run(['psql', '-XAtqc', "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'f1' AND table_name = '%s'"
                              " AND column_name = 'race_id'" % name], capture_output=True, text=True, check=True).stdout.strip()
    where = 'race_id = %s' % race if columns == '1' else 'session_uid IN (SELECT session_uid FROM f1.session_chain WHERE race_id = %s)' % race
    told = subprocess.run(['psql', '-XAtqc', "SELECT row_to_json(t) FROM f1.%s t WHERE %s" % (name, where)], capture_output=True, text=True, check=True)
    wanted = [json.loads(line) for line in told.stdout.splitlines()]
    got = read(path)
    assert got, name + ': no rows'
    assert list(got[0]) == list(wanted[0]), '%s: columns %s' % (name, list(got[0]))
    likes = {n: next((r[n] for r in got if r[n] is not None), None) for n in got[0]}
    left = sorted(repr([same(v) for v in r.values()]) for r in got)
    right = sorted(repr([asked(v, likes[n]) for n, v in r.items()]) for r in wanted)
    assert len(left) == len(right), '%s: %d rows, expected %d' % (name, len(left), len(right))
    for a, b in zip(left, right):
        assert a == b, '%s: %s\nexpected %s' % (name, a, b)
    rows += len(left)
print(rows)
