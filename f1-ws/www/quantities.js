/* SPDX-License-Identifier: MIT */
/* quantities.js: what the games tell under other names or in other units by year; all that knows years stands here */

const milliseconds = (seconds) => seconds === undefined ? null : Math.round(seconds * 1000);

/* of lap_data: milliseconds since 2021, float seconds before */
export const lastLap = (lap) => lap.last_lap_time_in_ms ?? milliseconds(lap.last_lap_time) ?? 0;
export const currentLap = (lap) => lap.current_lap_time_in_ms ?? milliseconds(lap.current_lap_time) ?? 0;
/* 2018 to 2020 only; later it is in the lap history */
export const bestLap = (lap) => milliseconds(lap.best_lap_time) ?? 0;

/* 2020 only: the best sectors of the session */
export const bestSectors = (lap) => [1, 2, 3].map((n) => lap[`best_overall_sector${n}_time_in_ms`] ?? 0);

/*
 * sector: of lap_data or lap_history; the whole minutes have a field of their own since 2023, and before that 16 bits
 * hold at most 65.535 s. 0 = not done.
 */
export function sector(record, n)
{
	const part = record[`sector${n}_time_ms_part`];

	if (part !== undefined)
		return part + 60000 * (record[`sector${n}_time_minutes_part`] ?? 0);
	return record[`sector${n}_time_in_ms`] ?? milliseconds(record[`sector${n}_time`]) ?? 0;
}

/* a gap of the game: null before 2023; minutes of 128 and more are a negative gap that wrapped */
function gap(lap, which)
{
	const part = lap[`delta_to_${which}_ms_part`], minutes = lap[`delta_to_${which}_minutes_part`];

	if (part === undefined)
		return lap[`delta_to_${which}_in_ms`] ?? null;
	return minutes >= 128 ? null : part + 60000 * minutes;
}

export const gapAhead = (lap) => gap(lap, 'car_in_front');
export const gapLeader = (lap) => gap(lap, 'race_leader');

/* of lap_data: counted from 0 in 2018 and 2019; 0 = none */
export const gridPosition = (lap) => lap.packet_format < 2020 ? lap.grid_position + 1 : lap.grid_position;

/* of car_telemetry: shares 0..1 or -1..1; percent in 2018 */
const share = (t, field) => t.packet_format === 2018 ? t[field] / 100 : t[field];
export const throttle = (t) => share(t, 'throttle');
export const brake = (t) => share(t, 'brake');
export const steer = (t) => share(t, 'steer');

/* how many of 15 rev lights are on, as bits; up to 2020 there is only a percentage */
export function revLights(t)
{
	if (t.rev_lights_bit_value !== undefined)
		return t.rev_lights_bit_value & 0x7fff;
	return (1 << Math.round((t.rev_lights_percent ?? 0) * 15 / 100)) - 1;
}

/* of car_status: the enumeration and the number of the colour that the tyre shows */
export function compound(status)
{
	if (status.tyre_compound !== undefined)
		return ['tyre_compound', status.tyre_compound];
	return ['tyre_visual', status.visual_tyre_compound];
}

/* null where the year does not tell */
export const tyreAge = (status) => status.tyres_age_laps ?? null;
export const fuelLaps = (status) => status.fuel_remaining_laps ?? null;

/* the record that holds wear and damage: car_status up to 2020 */
export const damage = (car) => car.damage ?? (car.status?.tyres_wear ? car.status : null);

/* how fast a car goes over the ground, m/s */
export const groundSpeed = (m) => Math.hypot(m.world_velocity_x, m.world_velocity_y, m.world_velocity_z);

/* the energy store holds 4 MJ in all years */
export const ERS_STORE = 4e6;

/* numbers that stand for something in all years */
export const PIT_NONE = 0, FLAG_BLUE = 2, FLAG_YELLOW = 3, FLAG_RED = 4;
export const RESULT_ACTIVE = 2, RESULT_FINISHED = 3;
export const SAFETY_CAR_FULL = 1, SAFETY_CAR_VIRTUAL = 2, SAFETY_CAR_FORMATION = 3;
export const NO_CAR = 255;
