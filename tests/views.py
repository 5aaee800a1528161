"""views.py: do the views of f1-pg show what happened in a race of f1-sim?

usage: views.py TRUTH       TRUTH is what f1-sim --truth wrote; psql finds the database by its environment
Laps, positions, classification, samples, events, stops and stints of each session in the truth are compared with the
views; positions and gaps are worked out from the lap times. Prints what differs and ends with 1.
SPDX-License-Identifier: MIT
"""
import csv
import io
import json
import statistics
import subprocess
import sys

PROBLEMS = []
SATURATED = 65535       # sectors of 16 bits, 2020 to 2022
TYRES_2018 = {'Soft': 'Ultra soft', 'Medium': 'Super soft', 'Hard': 'Soft'}


def check(right, *words):
    if not right:
        PROBLEMS.append(' '.join(map(str, words))[:400])
    return right


class Psql:
    """one psql for all queries"""
    def __init__(self):
        self.process = subprocess.Popen(['psql', '-Xq', '--csv'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)

    def __call__(self, sql):
        self.process.stdin.write(sql + ';\n\\echo end of answer\n')
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == 'end of answer\n':
                break
            if line.startswith(('ERROR:', 'psql:')):
                sys.exit(line + sql)
            lines.append(line)
        return list(csv.DictReader(io.StringIO(''.join(lines))))


query = Psql()


def number(text):
    return None if text == '' else float(text) if '.' in text or 'e' in text else int(text)


def uid(session):
    value = int(session['uid'], 16)
    return value - ((value >> 63) << 64)


def races(truth):
    """sessions that were left without a result go on in the next one"""
    chain = []
    for session in truth['sessions']:
        chain.append(session)
        if session['classification'] is not None:
            yield chain
            chain = []
    if chain:
        yield chain


class Race:
    def __init__(self, truth, chain):
        self.year, self.scenes = truth['year'], set(truth['scenes'])
        self.chain, self.last = chain, chain[-1]
        self.id = uid(chain[0])
        self.name = f'{self.year} {chain[0]["uid"]}'
        self.is_race = self.last['type'] in ((10, 11) if self.year < 2021 else (10, 11, 12) if self.year < 2024 else (15, 16, 17))
        self.late = 'late-start' in self.scenes and chain[0] is truth['sessions'][0]
        self.laps = {(c['car'], lap['lap']): lap for c in self.last['cars'] for lap in c['laps']}
        self.told = self.year >= 2021       # lap_history

    def rows(self, view, columns='*', more=''):
        return query(f'SELECT {columns} FROM f1.{view} WHERE race_id = {self.id} {more}')

    def check(self, right, *words):
        return check(right, self.name + ':', *words)

    def sessions(self):
        got = query(f"SELECT session FROM f1.sessions WHERE race_id = {self.id} ORDER BY part")
        self.check([r['session'] for r in got] == [s['uid'] for s in self.chain], 'sessions', got)
        got = self.rows('races')
        self.check(len(got) == 1 and got[0]['parts'] == str(len(self.chain)) and got[0]['is_race'] == ('t' if self.is_race else 'f')
                   and got[0]['track'] == 'Catalunya', 'races', got)

    def check_laps(self):
        got = {(int(r['car']), int(r['lap_num'])): r for r in self.rows('laps', more='AND complete')}
        known = set(self.laps)
        if self.late and not self.told:
            first = min((int(r['lap_num']) for r in self.rows('laps', 'lap_num', 'AND seen')), default=0)
            known = {k for k in known if k[1] >= first} | (set(got) & known)
        self.check(set(got) == known, 'laps: not there', sorted(known - set(got))[:5], 'too many', sorted(set(got) - known)[:5])
        for key in known & set(got):
            true, row = self.laps[key], got[key]
            self.check(number(row['lap_ms']) == true['time_in_ms'], 'time', key, row['lap_ms'], true)
            minutes, rest = divmod(true['time_in_ms'], 60000)
            self.check(row['lap_time'] == f'{minutes}:{rest // 1000:02}.{rest % 1000:03}', 'to read', key, row['lap_time'], true)
            for i, sector in enumerate(true['sectors_in_ms'], 1):
                told = number(row[f'sector{i}_ms'])
                if row['seen'] == 't' or self.told:
                    big = max(true['sectors_in_ms']) >= SATURATED and 2020 <= self.year <= 2022
                    self.check(told is not None and abs(told - sector) <= 2 or told is None and big, 'sector', key, i, told, true)
            if row['seen'] == 't' or self.told:
                self.check((row['valid'] == 't') == bool(true['valid'] & 1), 'valid', key, row['valid'], true)
            if row['in_lap'] != '':
                self.check((row['in_lap'] == 't') == true['pit'], 'pit', key, row['in_lap'], true)
            if row['seen'] == 't' or self.told:
                if self.year == 2018:
                    true = dict(true, tyre=TYRES_2018[true['tyre']])
                self.check(row['tyre'] == true['tyre'] or (self.scenes & {'loss', 'late-start'} and row['tyre'] == ''), 'tyre', key, row['tyre'], true)
        return got

    def order(self):
        """position of each car at the end of each lap, by the times so far"""
        times = {}
        for (car, lap), true in sorted(self.laps.items(), key=lambda kv: kv[0][1]):
            if lap == 1 or (car, lap - 1) in times:
                times[car, lap] = times.get((car, lap - 1), 0) + true['time_in_ms']
        return times

    def check_order(self, laps):
        times = self.order()
        by_lap = {}
        last = max((lap for _, lap in times), default=0)
        gone = {(c['car'], c['num_laps']) for c in self.last['classification'] or [] if c['result_status'] != 3}
        penalty = {c['car']: c['penalties_time'] for c in self.last['classification'] or []}
        for (car, lap), ms in times.items():
            by_lap.setdefault(lap, []).append((ms, car))
        got = {(int(r['car']), int(r['lap_num'])): number(r['position']) for r in self.rows('positions')}
        gaps = {(int(r['car']), int(r['lap_num'])): r for r in self.rows('gaps')}
        for lap, cars in by_lap.items():
            cars.sort()
            # behind the flag penalties count
            flag = sorted((ms + 1000 * penalty.get(car, 0), car) for ms, car in cars) if lap == last else cars
            for i, (ms, car) in enumerate(cars):
                if (car, lap) not in laps or (car, lap) in gone:
                    continue
                ties = [j + 1 for j, c in enumerate(cars) if abs(c[0] - ms) <= 180]     # in one frame, of 6 Hz
                ties += [j + 1 for j, c in enumerate(flag) if c[1] == car]
                # who retires behind the line is counted last at once, so those behind may have come up already
                ties += range(i + 1 - sum((c[1], lap) in gone for c in cars[:i]), i + 1)
                if self.late and not self.told and (car, lap) not in got:
                    continue
                self.check(got.get((car, lap)) in ties + ([None] if self.late and not self.told else []), 'position', (car, lap), got.get((car, lap)), 'expected', i + 1,
                           'of', [c for _, c in cars])
                gap = gaps.get((car, lap))
                if not self.late and self.check(gap is not None, 'gap', (car, lap), 'is not there'):
                    self.check(abs(int(gap['to_leader_ms']) - (ms - cars[0][0])) <= 2, 'gap', (car, lap), gap, ms - cars[0][0])
                    if i:
                        self.check(abs(int(gap['to_ahead_ms']) - (ms - cars[i - 1][0])) <= 2, 'ahead', (car, lap), gap)
        for true in self.last['classification'] or []:
            self.check(got.get((true['car'], 0)) == true['grid_position'], 'grid', true, got.get((true['car'], 0)))

    def check_classification(self):
        if self.last['classification'] is None:
            return
        got = {int(r['car']): r for r in self.rows('classification')}
        if self.year < 2020 and self.late:
            return          # nobody knows the laps before
        self.check(set(got) == {c['car'] for c in self.last['classification']}, 'cars in the classification', sorted(got))
        names = {3: 'Finished', 4: 'Did not finish', 7: 'Retired'}
        for true in self.last['classification']:
            row = got.get(true['car'])
            if row is None:
                continue
            self.check(row['told'] == ('t' if self.year >= 2020 else 'f'), 'told', row['told'])
            same = number(row['position']) == true['position'] and number(row['laps']) == true['num_laps'] \
                and number(row['best_ms']) == (true['best_lap_time_in_ms'] or None)
            if self.is_race:
                same = same and number(row['pit_stops']) == true['num_pit_stops'] and number(row['grid_position']) == true['grid_position']
            if self.is_race and row['race_ms'] != '' and true['total_race_time'] and true['result_status'] == 3:
                same = same and abs(number(row['race_ms']) - 1000 * true['total_race_time']) <= 2
                same = same and number(row['penalty_seconds']) == true['penalties_time']
            if self.year >= 2020 and true['result_status'] in names:
                same = same and row['status'] == names[true['result_status']]
            self.check(same, 'classification', {k: row[k] for k in list(row)[1:]}, true)
        if self.is_race and self.last['classification']:
            winner = self.last['classification'][0]
            top = [r for r in got.values() if r['position'] == '1']
            self.check(len(top) == 1 and top[0]['car'] == str(winner['car']) and top[0]['gap_ms'] == '0', 'winner', top)

    def check_samples(self):
        for session in self.chain:
            passes = []
            for stretch in session['timeline']:
                if not passes or stretch['frames'][0] <= passes[-1][-1]['frames'][1]:
                    passes.append([])
                passes[-1].append(stretch)
            for table in ('lap_data', 'car_telemetry', 'motion'):
                where = f'session_uid = {uid(session)}'
                raw = query(f'SELECT overall_frame_identifier AS o, frame_identifier AS f, count(*) AS n FROM f1.{table}'
                            f' WHERE {where} GROUP BY 1, 2 ORDER BY 1')
                got = {(r['o'], r['f'], r['n']) for r in query(
                    f'SELECT overall_frame_identifier AS o, frame_identifier AS f, count(*) AS n FROM f1.final_{table}'
                    f' WHERE race_id = {self.id} AND {where} GROUP BY 1, 2')}
                at, before, want = 0, -1, set()
                for row in raw:
                    frame = int(row['f'])
                    if frame + 300 < before and at + 1 < len(passes):
                        at += 1
                    before = frame
                    if any(s['kept'] and s['frames'][0] <= frame <= s['frames'][1] for s in passes[at]):
                        want.add((row['o'], row['f'], row['n']))
                differ = got ^ want
                # where the first frame after a flashback was lost, it is the next one that tells
                few = 3 * len(session['timeline']) if self.scenes & {'loss', 'reorder'} else 0
                self.check(len(differ) <= few, f'final_{table}', session['uid'], len(got), 'frames, expected', len(want), sorted(differ)[:3])
                self.check(got, f'final_{table}', session['uid'], 'is empty') if want else None

    def check_events(self):
        if 'loss' in self.scenes:
            return
        for code, view, column, since in (('PENA', 'penalties', 'car', 2020), ('OVTK', 'overtakes', 'car', 2023)):
            if self.year < since:
                continue
            want = sorted((e['car'], round(e['time'], 2)) for s in self.chain for e in s['events'] if e['code'] == code)
            got = sorted((int(r[column]), round(float(r['session_time']), 2)) for r in self.rows(view))
            self.check(len(got) == len(want) and all(a[0] == b[0] and abs(a[1] - b[1]) < 0.02 for a, b in zip(got, want)),
                       view, len(got), 'expected', len(want), sorted(set(got) ^ set(want))[:4])

    def check_made_of_laps(self, laps):
        """what follows from the laps alone"""
        best, sectors, even, stops = {}, {}, {}, {}
        after_pit = {(c, n + 1) for (c, n), true in self.laps.items() if true['pit']}
        for (car, lap), true in sorted(self.laps.items()):
            if (car, lap) not in laps:
                continue
            if laps[car, lap]['valid'] == 't':
                best.setdefault(car, []).append((true['time_in_ms'], lap))
            for i, ms in enumerate(true['sectors_in_ms']):
                if int(laps[car, lap]['valid_flags']) & 2 << i and laps[car, lap][f'sector{i + 1}_ms'] != '':
                    sectors.setdefault(car, [[], [], []])[i].append(int(laps[car, lap][f'sector{i + 1}_ms']))
            if laps[car, lap]['in_lap'] != 't' and laps[car, lap]['out_lap'] != 't' and (lap > 1 or not self.is_race):
                even.setdefault(car, []).append(true['time_in_ms'])
            if true['pit'] and laps[car, lap]['in_lap'] == 't':
                stops.setdefault(car, []).append(lap)
        got = {int(r['car']): r for r in self.rows('fastest_laps')}
        self.check(set(got) == set(best), 'fastest laps of', sorted(got))
        order = sorted(min(times)[0] for times in best.values())
        for car, times in best.items():
            row = got.get(car)
            self.check(row and (int(row['lap_ms']), int(row['lap_num'])) == min(times) and int(row['rank']) == order.index(min(times)[0]) + 1
                       and int(row['behind_ms']) == min(times)[0] - order[0], 'fastest lap', car, row, min(times))
        got = {int(r['car']): r for r in self.rows('theoretical_best')}
        for car, three in sectors.items():
            if all(three):
                self.check(int(got[car]['lap_ms']) == sum(map(min, three)), 'theoretical best', got[car], three)
        got = {int(r['car']): r for r in self.rows('driver_consistency')}
        for car, times in even.items():
            times = [ms for ms in times if ms <= 1.07 * min(times)]
            row = got[car]
            self.check(int(row['laps']) == len(times) and int(row['best_ms']) == min(times) and
                       abs(int(row['average_ms']) - statistics.mean(times)) <= 1 and abs(int(row['median_ms']) - statistics.median(times)) <= 1
                       and (len(times) < 2 or abs(int(row['deviation_ms']) - statistics.stdev(times)) <= 1), 'consistency', row, times)
        if self.is_race and not self.late:
            got = {}
            for row in self.rows('pit_stops', more='ORDER BY car, stop'):
                got.setdefault(int(row['car']), []).append(int(row['lap_num']))
                if row['in_time'] != '' and 'loss' not in self.scenes:
                    self.check(5000 < int(row['lane_ms'] or 0) < 400000, 'time in the pit lane', row)
            want = {car: laps_in for car, laps_in in stops.items()}
            # the last lap may end in the pits of a car that retires there
            self.check(all(got.get(car, [])[:len(n)] == n for car, n in want.items()), 'stops', got, want)
            self.check(all(len(set(n)) == len(n) for n in got.values()), 'a stop twice', got)
        if not self.late:
            stints = {}
            for row in self.rows('stints', more='ORDER BY car, stint'):
                stints.setdefault(int(row['car']), []).append((int(row['first_lap']), row['tyre']))
            for car in {c for c, _ in laps}:
                mine = sorted(n for c, n in self.laps if c == car)
                want = [(n, TYRES_2018[self.laps[car, n]['tyre']] if self.year == 2018 else self.laps[car, n]['tyre']) for n in mine if n == 1 or (car, n) in after_pit]
                self.check([s for s in stints[car] if s[0] in mine] == want or not self.is_race or 'loss' in self.scenes,
                           'stints', car, stints[car], want)

    def check_hidden(self):
        hidden = {c['car'] for c in self.last['cars'] if c['restricted']}
        for view, column in (('fuel', 'fuel'), ('tyre_wear', 'worst')):
            for row in self.rows(view, f'car, lap_num, {column} AS value'):
                if int(row['car']) in hidden:
                    self.check(row['value'] == '', view, 'hidden', row)
                elif not self.scenes & {'loss', 'late-start'}:
                    self.check(row['value'] != '', view, 'not hidden', row)
        for row in self.rows('laps', 'car, lap_num, tyre_age AS value') if self.year == 2020 else []:
            self.check(row['value'] == '' if int(row['car']) in hidden else row['value'] != '' or self.scenes & {'loss', 'late-start'},
                       'laps', 'tyre_age', row)
        blank = {c['car'] for c in self.last['cars'] if c['hides_setup']}
        for view, column in (('final_car_setups', 'brake_bias'), ('final_car_setups', 'fuel_load'),
                             ('final_car_status', 'ers_store_energy'),
                             *([('final_car_status', 'tyres_age_laps')] if self.year == 2020 else []),
                             ('final_car_damage' if self.year >= 2021 else 'final_car_status', 'tyres_wear_fl')):
            got = {int(r['car']): r for r in query(f'SELECT car, count(*) AS n, count({column}) AS told FROM f1.{view}'
                                                   f' WHERE race_id = {self.id} GROUP BY car')}
            for car, row in got.items():
                if car not in {c['car'] for c in self.last['cars']}:
                    continue    # before anyone knew who drives
                hides = car in (blank if view == 'final_car_setups' else hidden)
                self.check(row['told'] == ('0' if hides else row['n']), view, column, row, 'hidden' if hides else '')

    def run(self):
        self.sessions()
        laps = self.check_laps()
        if self.is_race:
            self.check_order(laps)
        self.check_classification()
        self.check_samples()
        self.check_events()
        self.check_made_of_laps(laps)
        self.check_hidden()


def main():
    with open(sys.argv[1]) as f:
        truth = json.load(f)
    for chain in races(truth):
        Race(truth, chain).run()
    print('\n'.join(PROBLEMS[:6]) or 'all agrees')
    return bool(PROBLEMS)


if __name__ == '__main__':
    sys.exit(main())
