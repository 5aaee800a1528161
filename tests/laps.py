# laps: the laps and stints that scripts/spark should find, computed from lines of JSON one after the other
# usage: laps.py laps|stints GOT.csv <RECORDS.json   GOT.csv: the table, with a line of names
# SPDX-License-Identifier: MIT
#
# No passes and no cuts here: when a session goes back, what was driven from that frame on is forgotten.
import collections, csv, json, math, sys

BACK = 60


def samples(lines):
    """the records of each kind by session, and in it by car and frame, without what flashbacks took back"""
    sessions = collections.defaultdict(lambda: {k: collections.defaultdict(dict) for k in (
        'lap_data', 'car_telemetry', 'car_status', 'car_damage', 'lap_history', 'lap_positions', 'participants')})
    newest = {}
    for line in lines:
        r = json.loads(line)
        kind, uid, frame = r['packet'], r['session_uid'], r['frame_identifier']
        if int(uid, 16) == 0 or kind not in ('lap_data', 'car_telemetry', 'car_status', 'car_damage', 'lap_history', 'lap_positions', 'participants'):
            continue
        s = sessions[uid]
        if kind == 'lap_history':
            if r['lap_time_in_ms'] > 0:
                s[kind][r['car']][r['lap_num']] = r
            continue
        if kind == 'lap_positions':
            s[kind][r['car']][r['lap_num']] = r['position']
            continue
        if kind == 'participants':
            s[kind][r['car']] = {0: r}
            continue
        if frame == 0:
            continue
        back = newest.get(uid, 0) - frame
        if back > 0 and (back > BACK if 'overall_frame_identifier' not in r else
                         r['overall_frame_identifier'] - frame > shift[uid]):
            for cars in (s[k] for k in s if k not in ('lap_history', 'lap_positions', 'participants')):
                for frames in cars.values():
                    for f in [f for f in frames if f >= frame]:
                        del frames[f]
            newest[uid] = frame
        newest[uid] = max(newest.get(uid, 0), frame)
        if 'overall_frame_identifier' in r:
            shift[uid] = r['overall_frame_identifier'] - frame
        s[kind][r['car']].setdefault(frame, r)
    return sessions


shift = {}


def ms(r, name):
    return r[name + '_in_ms'] if name + '_in_ms' in r else round(r[name] * 1000)


def single(x):
    import struct
    return struct.unpack('f', struct.pack('f', x))[0]


def laps_of(s, car):
    by_lap = collections.defaultdict(list)
    for frame in sorted(s['lap_data'][car]):
        r = s['lap_data'][car][frame]
        by_lap[r['current_lap_num']].append(r)
    stint, before = 1, None
    told = s['participants'][car].get(0, {})
    hidden = told.get('your_telemetry') == 0 and told['player_car_index'] != car
    for n in sorted(by_lap):
        first, last, after = by_lap[n][0], by_lap[n][-1], by_lap.get(n + 1)
        frames = [r['frame_identifier'] for r in by_lap[n]]
        at = lambda kind: [s[kind][car][f] for f in frames if f in s[kind][car]]
        telemetry, status, damage = at('car_telemetry'), at('car_status'), at('car_damage')
        full = [t['throttle'] >= (98 if t['packet_format'] == 2018 else single(0.98)) for t in telemetry if t['throttle'] is not None]
        history = s['lap_history'][car].get(n)
        time = None
        if after or last['result_status'] > 2:
            time = history['lap_time_in_ms'] if history else after and ms(after[0], 'last_lap_time') or None
        line = after[0] if after and ms(after[0], 'current_lap_time') < 2000 else None      # seen ending
        in_lap = last['pit_status'] > 0 or (line['pit_status'] > 0 if line else None)
        placed = s['lap_positions'][car].get(n + 1)
        place = placed if after and placed else line['car_position'] if line else last['car_position'] if last['result_status'] > 2 else None
        outside = {r['frame_identifier'] for r in by_lap[n] if r['pit_status'] == 0}
        on = next((r for r in status if r['frame_identifier'] in outside), status[0] if status else {})
        tyre = lambda r: next((r[k] for k in ('visual_tyre_compound', 'tyre_visual_compound', 'tyre_compound') if k in r), None)
        wear = ([r for r in status if 'tyres_wear' in r] + [r for r in damage if 'tyres_wear' in r] or [{}])[-1].get('tyres_wear', [None] * 4)
        fuel = status[-1]['fuel_in_tank'] if status and not hidden else None
        age = on.get('tyres_age_laps')
        if hidden:
            wear = [None] * 4
            age = None if last['packet_format'] == 2020 else age
        if first['result_status'] < 3 and n > 0:
            yield {
                'lap_num': n, 'packet_format': last['packet_format'], 'lap_ms': time,
                'valid': bool(history['lap_valid_bit_flags'] & 1) if history else last['current_lap_invalid'] == 0,
                'position': place, 'in_lap': in_lap, 'stint': stint, 'tyre': tyre(on),
                'tyre_age': age, 'frames': len(frames),
                'first_frame': frames[0], 'last_frame': frames[-1], 'max_speed': max(t['speed'] for t in telemetry) if telemetry else None,
                'full_throttle': sum(full) / len(full) if full else None, 'fuel_in_tank': fuel,
                'fuel_used': before[1] - fuel if before and before[0] == n - 1 and None not in (before[1], fuel) else None,
                'tyres_wear_rl': wear[0], 'tyres_wear_rr': wear[1], 'tyres_wear_fl': wear[2], 'tyres_wear_fr': wear[3]}
            stint += in_lap is True
        before = n, fuel


def stints_of(laps):
    for n in sorted({lap['stint'] for lap in laps}):
        of = [lap for lap in laps if lap['stint'] == n]
        times = [lap['lap_ms'] for lap in of if lap['valid'] and lap['lap_ms']]
        used = [lap['fuel_used'] for lap in of if lap['fuel_used'] is not None]
        yield {'stint': n, 'first_lap': of[0]['lap_num'], 'last_lap': of[-1]['lap_num'], 'laps': len(of), 'tyre': of[0]['tyre'],
               'tyre_age': of[0]['tyre_age'], 'best_ms': min(times, default=None), 'fuel_used': sum(used) if used else None}


def same(text, value):
    if value is None or text == '':
        return value is None and text == ''
    if isinstance(value, bool):
        return text == ('t' if value else 'f')
    return math.isclose(float(text), value, rel_tol=1e-5, abs_tol=1e-5)


def main():
    what, file = sys.argv[1], sys.argv[2]
    expected = {}
    for uid, s in samples(sys.stdin).items():
        signed = int(uid, 16) - (1 << 64 if int(uid, 16) >> 63 else 0)
        for car in s['lap_data']:
            laps = list(laps_of(s, car))
            for row in laps if what == 'laps' else stints_of(laps):
                expected[signed, car, row['lap_num' if what == 'laps' else 'stint']] = row
    with open(file, newline='') as f:
        got = {(int(r['session_uid']), int(r['car']), int(r['lap_num' if what == 'laps' else 'stint'])): r for r in csv.DictReader(f)}
    bad = 0
    for key in sorted(set(got) | set(expected)):
        if key not in got or key not in expected:
            print(key, 'missing' if key in expected else 'too much')
            bad += 1
            continue
        for name, value in expected[key].items():
            if not same(got[key][name], value):
                print(key, name, repr(got[key][name]), 'expected', value)
                bad += 1
    print(len(got), what)
    sys.exit(bad > 0 or not got)


main()
