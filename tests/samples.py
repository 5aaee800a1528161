"""samples.py: do the views of f1-pg that read samples agree with the records?

usage: samples.py <records.json         of one race of f1-sim without flashbacks; psql finds the database by its environment
Traces, comparisons, wear, fuel, weather, overtakes and gaps are worked out here from the records and compared.
SPDX-License-Identifier: MIT
"""
import collections
import json
import sys

from views import PROBLEMS, check, query


def interpolate(trace, at):
    """value of each column at a distance, or None outside"""
    for (d0, a), (d1, b) in zip(trace, trace[1:]):
        if d0 <= at < d1:
            return [x + (at - d0) / (d1 - d0) * (y - x) for x, y in zip(a, b)]
    return None


def close(a, b, by=1e-3):
    return a is not None and b is not None and abs(float(a) - float(b)) <= by * max(1, abs(float(b)))


class Race:
    def __init__(self, lines):
        self.by = collections.defaultdict(dict)     # packet: (frame, car): record
        self.sessions = []
        for line in lines:
            r = json.loads(line)
            if r['session_uid'] == '0' * 16:
                continue
            self.uid, self.year = r['session_uid'], r['packet_format']
            if r['packet'] == 'session':
                self.sessions.append(r)
            elif 'car' in r:
                self.by[r['packet']].setdefault((r['frame_identifier'], r['car']), r)
        self.id = int(self.uid, 16) - ((int(self.uid, 16) >> 63) << 64)
        self.laps = collections.defaultdict(list)   # (car, lap): frames
        for (frame, car), r in sorted(self.by['lap_data'].items()):
            if r['result_status'] <= 2 or self.laps.get((car, r['current_lap_num'])):
                self.laps[car, r['current_lap_num']].append(frame)
        self.laps = {k: v for k, v in self.laps.items()
                     if self.by['lap_data'][v[0], k[0]]['result_status'] <= 2}

    def rows(self, view, more=''):
        return query(f'SELECT * FROM f1.{view} WHERE race_id = {self.id} {more}')

    def ms(self, r, name):
        return r[name + '_in_ms'] if self.year >= 2021 else round(r[name] * 1000)

    def lap(self, car, lap):
        trace, reached = [], None
        for frame in self.laps[car, lap]:
            r = self.by['lap_data'][frame, car]
            d = r['lap_distance']
            if d < 1000 + 0.15 * self.ms(r, 'current_lap_time') and (reached is None or d > reached):
                trace.append((d, frame, r))
                reached = d
        return trace

    def check_trace(self, car, lap):
        want, got = self.lap(car, lap), self.rows('lap_trace', f'AND car = {car} AND lap_num = {lap} ORDER BY overall_frame_identifier')
        if not check(len(want) == len(got) and len(got) > 100, 'trace', car, lap, len(got), 'expected', len(want)):
            return
        for (d, frame, r), row in zip(want, got):
            telemetry, status = self.by['car_telemetry'].get((frame, car), {}), self.by['car_status'].get((frame, car), {})
            motion = self.by['motion'].get((frame, car), {})
            part = 100 if self.year == 2018 else 1
            same = close(row['lap_distance'], d, 1e-5) and row['lap_ms'] == str(self.ms(r, 'current_lap_time')) and row['position'] == str(r['car_position'])
            for column, record, name in (('speed', telemetry, 'speed'), ('gear', telemetry, 'gear'), ('rpm', telemetry, 'engine_rpm'),
                                         ('drs', telemetry, 'drs'), ('ers_mode', status, 'ers_deploy_mode')):
                same = same and row[column] == ('' if name not in record else str(record[name]))
            for column in ('throttle', 'brake', 'steer'):
                same = same and (close(row[column], telemetry[column] / part) if telemetry else row[column] == '')
            same = same and (close(row['x'], motion['world_position_x']) if motion else row['x'] == '')
            same = same and (close(row['ers_store'], status['ers_store_energy']) if status else row['ers_store'] == '')
            if not check(same, 'trace', car, lap, row, r, telemetry):
                return

    def check_compare(self, a, b):
        grid = []
        for car, lap in (a, b):
            grid.append([(d, [self.ms(r, 'current_lap_time'), self.by['car_telemetry'][frame, car]['speed']]) for d, frame, r in self.lap(car, lap)
                         if (frame, car) in self.by['car_telemetry']])
        got = {int(r['distance']): r for r in query(f'SELECT * FROM f1.lap_compare({self.id}, {a[0]}, {a[1]}, {b[0]}, {b[1]})')}
        want = 0
        for at in range(0, 12000, 5):
            x, y = interpolate(grid[0], at), interpolate(grid[1], at)
            if x is None or y is None:
                check(at not in got, 'compare', at, 'is too much')
                continue
            want += 1
            row = got.get(at)
            check(row and abs(float(row['delta_ms']) - (y[0] - x[0])) < 0.5 and close(row['speed_a'], x[1]) and close(row['speed_b'], y[1]),
                  'compare', a, b, at, row, x, y)
        check(want > 300, 'compare: only', want, 'points')

    def last(self, packet, car, frame):
        best = None
        for f, c in self.by[packet]:
            if c == car and f <= frame and (best is None or f > best):
                best = f
        return None if best is None else self.by[packet][best, car]

    def check_wear(self):
        packet = 'car_damage' if self.year >= 2021 else 'car_status'
        wear = {(int(r['car']), int(r['lap_num'])): r for r in self.rows('tyre_wear')}
        fuel = {(int(r['car']), int(r['lap_num'])): r for r in self.rows('fuel')}
        check(set(wear) == set(fuel) == set(self.laps), 'laps of wear and fuel', len(wear), len(fuel), 'expected', len(self.laps))
        for (car, lap), frames in self.laps.items():
            r, row = self.last(packet, car, frames[-1]), wear[car, lap]
            if r:
                check(all(close(row[w], v) for w, v in zip(('rl', 'rr', 'fl', 'fr'), r['tyres_wear'])) and close(row['worst'], max(r['tyres_wear'])),
                      'wear', car, lap, row, r['tyres_wear'])
            r, row = self.last('car_status', car, frames[-1]), fuel[car, lap]
            if r:
                check(close(row['fuel'], r['fuel_in_tank']), 'fuel', row, r['fuel_in_tank'])
            if lap > 1 and (car, lap - 1) in fuel and row['fuel'] and fuel[car, lap - 1]['fuel']:
                check(abs(float(row['used']) - (float(fuel[car, lap - 1]['fuel']) - float(row['fuel']))) < 1e-3, 'used', row)

    def check_weather(self):
        want = []
        for r in sorted(self.sessions, key=lambda r: r['frame_identifier']):
            now = (r['track_temperature'], r['air_temperature'])
            if not want or want[-1][1:] != now:
                want.append((r['session_time'],) + now)
        got = [(float(r['from_time']), int(r['track_temperature']), int(r['air_temperature'])) for r in self.rows('weather', 'ORDER BY from_time')]
        check(len(got) >= len(want) > 0 and all(any(close(g[0], w[0]) and g[1:] == w[1:] for g in got) for w in want), 'weather', got, want)

    def check_overtakes(self):
        if self.year >= 2023:
            return
        place, pits = {}, {}
        for (car, lap) in self.laps:
            following = [f for f, c in self.by['lap_data'] if c == car and self.by['lap_data'][f, c]['current_lap_num'] == lap + 1]
            mine = self.laps[car, lap]
            first, last = self.by['lap_data'][mine[0], car], self.by['lap_data'][mine[-1], car]
            if following:
                after = self.by['lap_data'][min(following), car]
                place[car, lap] = after['car_position']
                pits[car, lap] = first['pit_status'] > 0 or last['pit_status'] > 0 or after['pit_status'] > 0
        want = set()
        for a, lap in place:
            for b, n in place:
                if n == lap and place.get((a, lap - 1)) and place.get((b, lap - 1)) and place[a, lap] < place[b, lap] \
                        and place[a, lap - 1] > place[b, lap - 1] and not any(pits[c, m] for c in (a, b) for m in (lap - 1, lap)
                                                                            if m == lap or self.by['lap_data'][self.laps[c, lap][0], c]['pit_status']):
                    want.add((lap, a, b))
        got = {(int(r['lap_num']), int(r['car']), int(r['overtaken_car'])) for r in self.rows('overtakes')}
        check(got == want, 'overtakes', sorted(got ^ want))

    def check_gaps(self):
        often = ['motion', 'lap_data', 'car_telemetry'] + (['car_status'] if self.year > 2018 else [])
        frames = {p: {f for f, _ in self.by[p] if f > 0} for p in often}
        together = set.union(*frames.values())
        at = sorted(together)
        steps = [b - a for a, b in zip(at, at[1:])]
        stopped = 0     # where none came
        for i, step in enumerate(steps[:-1]):
            usual = max([min(side) for side in (steps[max(0, i - 2):i], steps[i + 1:i + 3]) if side])
            stopped += round(step / usual) - 1 if step >= 6 * usual else 0
        got = {r['packet']: r for r in self.rows('telemetry_gaps')}
        for packet in often:
            row = got[packet]
            check((int(row['frames']), int(row['expected']), int(row['missing'])) ==
                  (len(frames[packet]), len(together) + stopped, len(together - frames[packet]) + stopped), 'gaps', row, len(frames[packet]), len(together))
        missing = sum(len(together - frames[p]) for p in often)
        check(missing > 0, 'nothing was lost')
        for packet, row in got.items():
            times = {f: r['session_time'] for (f, _), r in self.by[packet].items() if f > 0}
            if packet == 'session':
                times = {r['frame_identifier']: r['session_time'] for r in self.sessions if r['frame_identifier'] > 0}
            if not times:
                continue
            at = sorted(times)
            steps = [b - a for a, b in zip(at, at[1:])]
            before = at[steps.index(max(steps))]
            check(close(row['gap_time'], times[before]) and close(row['longest_gap'], times[before + max(steps)] - times[before], 1e-2),
                  'longest gap', packet, row, times[before], max(steps))
            if packet not in often:
                usual = collections.Counter(sorted(steps)).most_common(1)[0][0]
                missing = sum(max(0, round(step / usual) - 1) for step in steps)
                check(int(row['missing']) == missing and int(row['expected']) == len(at) + missing, 'missing', packet, row, missing)


def main():
    race = Race(sys.stdin)
    done = sorted((car, lap) for car, lap in race.laps if (car, lap + 1) in race.laps)
    for car, lap in done[:2] + done[-2:]:
        race.check_trace(car, lap)
    race.check_compare(done[0], done[-1])
    race.check_wear()
    race.check_weather()
    race.check_overtakes()
    race.check_gaps()
    print('\n'.join(PROBLEMS[:6]) or 'all agrees')
    return bool(PROBLEMS)


if __name__ == '__main__':
    sys.exit(main())
