/* packets: what the game sends of the race, and when
 * SPDX-License-Identifier: MIT
 *
 * fill_… put the state of the race into values by name, send_… make packets of them.
 */
#include <math.h>
#include <string.h>

#include "names.h"
#include "net.h"
#include "packets.h"
#include "prng.h"
#include "race.h"
#include "scene.h"
#include "track.h"
#include "truth.h"
#include "wire.h"

#define GRAVITY 9.81

static const char human_name[] = "Þórhallur Ægir Guðmundsson-Krzyżanowski von Wittelsbach";

static struct {
	struct moment moment;
	struct car_fields cars[LAYOUT_CARS_MAX];
	struct once_fields once;
	struct session_fields session;
	int status_running, status_finished, status_retired, status_inactive, red;
	int ers[4];
	int compound[WET + 1], actual[WET + 1], visual[WET + 1];
	double sent_until[LAYOUT_IDS];	/* time of the next one of those that do not come with each frame */
	int history_car, sets_car, gone;
} self;

static int
value(const char *enumeration, const char *name, int otherwise)
{
	return names_value(race.year, enumeration, name, otherwise);
}

static void
send_packet(unsigned id)
{
	size_t n;
	const uint8_t *p = wire_datagram(id, &self.moment, &n);

	net_datagram(id, self.moment.session_uid == 0, p, n);
}

static void
send_event(const char *code, const struct event_fields *fields)
{
	size_t n;
	const uint8_t *p = wire_event(code, fields, &self.moment, &n);

	if (!p)
		return;
	net_datagram(EVENT, self.moment.session_uid == 0, p, n);
	truth_event(code, fields, &self.moment);
}

/* The parts of a time that the game sends apart. */
static void
split(int ms, double *ms_part, double *minutes_part)
{
	*ms_part = ms % 60000;
	*minutes_part = ms / 60000;
}

static void
fill_setup(struct car_fields *f, const struct car *c)
{
	int old = race.year < 2021;	/* settings went from 1 to 11 then */

	f->front_wing = old ? 5 + prng_below(4) : 20 + prng_below(12);
	f->rear_wing = old ? 5 + prng_below(4) : 18 + prng_below(12);
	f->on_throttle = 50 + 5 * prng_below(8);
	f->off_throttle = 50 + 5 * prng_below(4);
	f->front_camber = -3.5 + 0.1 * prng_below(10);
	f->rear_camber = -2 + 0.1 * prng_below(10);
	f->front_toe = 0.05 + 0.01 * prng_below(10);
	f->rear_toe = 0.2 + 0.03 * prng_below(10);
	f->front_suspension = old ? 5 : 30 + prng_below(11);
	f->rear_suspension = old ? 4 : 5 + prng_below(10);
	f->front_anti_roll_bar = old ? 6 : 8 + prng_below(10);
	f->rear_anti_roll_bar = old ? 5 : 5 + prng_below(10);
	f->front_suspension_height = old ? 3 : 20 + prng_below(10);
	f->rear_suspension_height = old ? 5 : 44 + prng_below(8);
	f->brake_pressure = 90 + prng_below(11);
	f->brake_bias = f->front_brake_bias = 54 + prng_below(6);
	f->engine_braking = 40 + 10 * prng_below(4);
	f->front_tyre_pressure = f->front_left_tyre_pressure = f->front_right_tyre_pressure = 22.5 + 0.1 * prng_below(15);
	f->rear_tyre_pressure = f->rear_left_tyre_pressure = f->rear_right_tyre_pressure = 20.5 + 0.1 * prng_below(15);
	f->ballast = 6;
	f->fuel_load = c->fuel_start;
}

/* What stays as it is through the race. */
static void
fill_constant(struct car_fields *f, const struct car *c)
{
	int none = race.year < 2026 ? 255 : 65535;

	f->ai_controlled = !c->human;
	/* who drives online has no number of a known driver */
	f->driver_id = c->human ? (race.year < 2021 ? 100 : none) : c->who.driver_id;
	f->network_id = c->guest ? 1 + (double)(c - race.cars) : c->human ? 0 : none;
	f->team_id = c->who.team_id;
	f->my_team = c->who.team_id == none;
	f->race_number = f->car_number = c->who.race_number;
	f->nationality = c->who.nationality;
	f->your_telemetry = f->show_online_names = !c->restricted;
	f->platform = c->human ? value("platform", "Steam", 1) : 255;
	f->tech_level = c->human ? 1000 : 0;
	f->num_colours = 4;
	f->ready_status = value("ready_status", "Ready", 1);
	f->grid_position = race.kind == RACE ? c->grid : 0;
	f->max_gears = 9;
	f->max_rpm = 13000;
	f->idle_rpm = 4000;
	f->fuel_capacity = 110;
	f->traction_control = c->human;
	f->anti_lock_brakes = c->human;
	f->fuel_mix = value("fuel_mix", "Standard", 1);
	f->regulations_2026 = race.year >= 2026;
	f->ers_harvest_limit_per_lap = race.year < 2026 ? 0 : 8.5e6;
	fill_setup(f, c);
}

static void
fill_motion(struct car_fields *f, const struct car *c)
{
	double sy = sin(c->heading), cy = cos(c->heading), sp = sin(c->slope), cp = cos(c->slope);

	f->world_position_x = c->x;
	f->world_position_y = c->y;
	f->world_position_z = c->z;
	f->world_velocity_x = c->vx;
	f->world_velocity_y = c->vy;
	f->world_velocity_z = c->vz;
	f->world_forward_dir_x = 32767 * sy * cp;
	f->world_forward_dir_y = 32767 * sp;
	f->world_forward_dir_z = 32767 * cy * cp;
	f->world_right_dir_x = 32767 * -cy;
	f->world_right_dir_z = 32767 * sy;
	f->g_force_lateral = c->lateral;
	f->g_force_longitudinal = c->acceleration / GRAVITY;
	f->g_force_vertical = 0.02 * sin(c->at * 0.7) * (c->speed > 1);
	f->yaw = c->heading;
	f->pitch = c->slope;
	f->roll = -0.004 * c->lateral;
}

static void
fill_laps(struct car_fields *f, const struct car *c)
{
	const struct lap *l = &c->laps[c->lap], *last = c->laps_done ? &c->laps[c->laps_done] : NULL, *best = &c->laps[c->best_lap];
	int now = race.time < race.lights_out ? 0 : (int)((int64_t)llrint(race.time * 1000) - c->lap_began), s[2];

	if (c->running != RUNNING)
		now = c->frozen;
	f->last_lap_time_in_ms = last ? last->time : 0;
	f->last_lap_time = f->last_lap_time_in_ms / 1000;
	f->current_lap_time_in_ms = now > 0 ? now : 0;
	f->current_lap_time = f->current_lap_time_in_ms / 1000;
	for (int i = 0; i < 2; i++)
		s[i] = c->running == FINISHED ? 0 : l->sector[i];
	f->sector1_time_in_ms = s[0];
	f->sector2_time_in_ms = s[1];
	f->sector1_time = s[0] / 1000.0;
	f->sector2_time = s[1] / 1000.0;
	split(s[0], &f->sector1_time_ms_part, &f->sector1_time_minutes_part);
	split(s[1], &f->sector2_time_ms_part, &f->sector2_time_minutes_part);
	f->best_lap_num = c->best_lap;
	f->best_lap_time_in_ms = c->best_lap ? best->time : 0;
	f->best_lap_time = f->best_lap_time_in_ms / 1000;
	if (c->best_lap) {
		f->best_lap_sector1_time_in_ms = best->sector[0];
		f->best_lap_sector2_time_in_ms = best->sector[1];
		f->best_lap_sector3_time_in_ms = best->sector[2];
	}
	f->best_overall_sector1_lap_num = c->best_sector[0];
	f->best_overall_sector2_lap_num = c->best_sector[1];
	f->best_overall_sector3_lap_num = c->best_sector[2];
	f->best_overall_sector1_time_in_ms = c->laps[c->best_sector[0]].sector[0];
	f->best_overall_sector2_time_in_ms = c->laps[c->best_sector[1]].sector[1];
	f->best_overall_sector3_time_in_ms = c->laps[c->best_sector[2]].sector[2];
	f->delta_to_car_in_front_in_ms = llrint(c->gap_front * 1000);
	f->delta_to_race_leader_in_ms = llrint(c->gap_leader * 1000);
	split((int)f->delta_to_car_in_front_in_ms, &f->delta_to_car_in_front_ms_part, &f->delta_to_car_in_front_minutes_part);
	split((int)f->delta_to_race_leader_in_ms, &f->delta_to_race_leader_ms_part, &f->delta_to_race_leader_minutes_part);
	f->lap_distance = c->at - (c->lap - 1) * track.length;
	f->total_distance = c->at;
	f->car_position = c->position;
	f->current_lap_num = c->lap;
	f->pit_status = c->pits;
	f->num_pit_stops = c->stops;
	f->sector = c->sector;
	f->current_lap_invalid = c->running == RUNNING && race.time >= race.lights_out && !(l->valid & 1);
	f->penalties = f->penalties_time = c->penalty;
	f->num_penalties = c->penalties_n;
	f->total_warnings = f->corner_cutting_warnings = c->warnings;
	f->driver_status = !c->in_race ? 0 : c->running == FINISHED ? 2 : race.kind == RACE ? 4 : c->lap == 1 ? 3 : 1;
	f->result_status = c->running == RUNNING ? self.status_running :
	    c->running == FINISHED ? self.status_finished : self.status_retired;
	if (race_gone((int)(c - race.cars)) == 1)
		f->result_status = self.status_inactive;
	f->pit_lane_timer_active = c->pits != ON_TRACK;
	f->pit_lane_time_in_lane_in_ms = c->pits != ON_TRACK ? c->lane_time * 1000 : 0;
	f->pit_stop_timer_in_ms = c->pits != ON_TRACK ? c->stop_time * 1000 : 0;
	f->speed_trap_fastest_speed = c->trap_speed;
	f->speed_trap_fastest_lap = c->trap_lap ? c->trap_lap : 255;
}

static void
fill_telemetry(struct car_fields *f, const struct car *c)
{
	double lit = (c->rpm - 10200) / (12400 - 10200);

	lit = lit < 0 ? 0 : lit > 1 ? 1 : lit;
	f->speed = c->speed * 3.6;
	f->throttle = c->throttle;
	f->brake = c->brake;
	f->steer = c->steer;
	f->clutch = c->speed < 1 && c->gear == 1 ? 100 : 0;
	f->gear = c->gear;
	f->engine_rpm = c->rpm;
	f->drs = c->wing_open && race.year < 2026;
	f->rev_lights_percent = floor(lit * 100);
	f->rev_lights_bit_value = (1 << (int)(lit * 15)) - 1;
	for (int i = 0; i < 4; i++) {
		f->brakes_temperature[i] = c->brakes[i];
		f->tyres_surface_temperature[i] = c->surface[i];
		f->tyres_inner_temperature[i] = c->inner[i];
		f->tyres_pressure[i] = (i >= FL ? f->front_left_tyre_pressure : f->rear_left_tyre_pressure) + (c->inner[i] - 84) * 0.03;
		f->surface_type[i] = c->running == RETIRED && c->beside > 7 ? 7 : 0;
	}
	f->engine_temperature = c->engine_temperature;
}

/* Metres to the zone that the car may use next; 0 if there is none. */
static double
distance_to(const struct car *c)
{
	double here, left;

	if (c->zone < 0 || c->wing_open)
		return 0;
	here = track_lap_distance(c->at);
	left = track.zones[c->zone].start - here;
	return left < 0 ? left + track.length : left;
}

static void
fill_status(struct car_fields *f, const struct car *c)
{
	enum compound k = c->sets[c->set].compound;
	int modern = race.year >= 2026;

	f->pit_limiter_status = c->pits == PIT_LANE;
	f->fuel_in_tank = c->fuel;
	f->fuel_remaining_laps = c->fuel / c->fuel_lap - (race.laps - c->at / track.length);
	f->drs_allowed = !modern && c->zone >= 0;
	f->drs_activation_distance = modern ? 0 : distance_to(c);
	f->tyre_compound = self.compound[k];
	f->actual_tyre_compound = self.actual[k];
	f->visual_tyre_compound = self.visual[k];
	f->tyres_age_laps = c->age > 0 ? c->age : 0;
	f->vehicle_fia_flags = 0;
	if (c->in_race && race.yellow_zone >= 0 &&
	    (int)(track_lap_distance(c->at) / track.length * TRACK_MARSHAL_ZONES) == race.yellow_zone)
		f->vehicle_fia_flags = 3;
	if (c->in_race && race.red)
		f->vehicle_fia_flags = self.red;
	f->engine_power_ice = (modern ? 400e3 : 550e3) * (0.1 + 0.9 * c->throttle) * (c->running != RETIRED);
	f->engine_power_mguk = c->power_k;
	f->ers_store_energy = c->store;
	f->ers_deploy_mode = self.ers[c->ers_mode];
	f->ers_harvested_this_lap_mguk = c->harvested_k;
	f->ers_harvested_this_lap_mguh = c->harvested_h;
	f->ers_deployed_this_lap = c->deployed;
	f->active_aero_mode = modern && c->wing_open;
	f->active_aero_available = modern && c->zone >= 0 && c->running == RUNNING;
	f->active_aero_activation_distance = modern ? distance_to(c) : 0;
	f->overtake_available = modern && c->overtaking;
	f->overtake_active = modern && c->overtaking && c->wing_open;
	f->overtake_activation_distance = modern && c->overtaking ? distance_to(c) : 0;
}

static void
fill_damage(struct car_fields *f, const struct car *c)
{
	double laps = c->at > 0 ? c->at / track.length : 0;

	for (int i = 0; i < 4; i++) {
		f->tyres_wear[i] = c->wear[i];
		f->tyres_damage[i] = floor(c->wear[i]);
		f->brakes_damage[i] = floor(laps * 0.3);
		f->tyre_blisters[i] = floor(c->wear[i] * 0.2);
	}
	f->front_left_wing_damage = c->wing_damage;
	f->front_right_wing_damage = c->wing_damage / 2;
	f->floor_damage = c->wing_damage / 3;
	f->gear_box_damage = floor(laps * 0.4);
	f->engine_ice_wear = 4 + floor(laps * 0.5);
	f->engine_mguh_wear = 3 + floor(laps * 0.3);
	f->engine_mguk_wear = f->engine_es_wear = f->engine_ce_wear = 2 + floor(laps * 0.2);
	f->engine_tc_wear = 3 + floor(laps * 0.4);
	f->engine_damage = f->engine_ice_wear;
	f->engine_blown = c->running == RETIRED && !c->terminal;
	if (f->engine_blown)
		f->engine_damage = f->engine_ice_wear = 100;
}

static void
fill_cars(void)
{
	for (int i = 0; i < race.cars_n; i++) {
		struct car_fields *f = &self.cars[i];
		const struct car *c = &race.cars[i];

		fill_motion(f, c);
		fill_laps(f, c);
		fill_telemetry(f, c);
		fill_status(f, c);
	}
	self.once.num_active_cars = race_active();
	if (race.leaver >= 0 && race_gone(race.leaver) != self.gone) {
		self.gone = race_gone(race.leaver);
		self.cars[race.leaver].ai_controlled = self.gone > 0;
		self.sent_until[PARTICIPANTS] = fmin(self.sent_until[PARTICIPANTS], race.time);
	}
}

/* The player's own car in more detail: motion_ex, before 2023 at the end of motion. */
static void
fill_player(void)
{
	const struct car *c = &race.cars[race.player];
	struct once_fields *f = &self.once;
	double mass = 752 + c->fuel, down = mass * GRAVITY / 4 + 0.55 * c->speed * c->speed, bump = c->speed > 1 ? 1 : 0;

	for (int i = 0; i < 4; i++) {
		int front = i >= FL;
		double side = i % 2 == 1 ? 1 : -1, phase = c->at * (0.31 + 0.02 * i);

		f->suspension_position[i] = (front ? 22 : 30) + c->acceleration * (front ? -0.35 : 0.35) + c->lateral * side * 1.2 + bump * sin(phase);
		f->suspension_velocity[i] = bump * (0.31 + 0.02 * i) * c->speed * cos(phase);
		f->suspension_acceleration[i] = -bump * pow((0.31 + 0.02 * i) * c->speed, 2) * sin(phase);
		f->wheel_slip_ratio[i] = front ? -0.03 * c->brake : 0.04 * c->throttle - 0.03 * c->brake;
		f->wheel_slip_angle[i] = 0.012 * c->lateral;
		f->wheel_speed[i] = c->speed * (1 + f->wheel_slip_ratio[i]);
		f->wheel_vert_force[i] = down + c->acceleration * mass * 0.3 / 3.6 / 2 * (front ? -1 : 1) + c->lateral * side * 700;
		f->wheel_lat_force[i] = -c->lateral * GRAVITY * mass / 4;
		f->wheel_long_force[i] = c->acceleration * mass / (c->acceleration > 0 ? 2 : 4) * (front && c->acceleration > 0 ? 0 : 1);
		f->wheel_camber[i] = (front ? -0.058 : -0.03) + 0.002 * c->lateral * side;
		f->wheel_camber_gain[i] = 0.001 * c->lateral * side;
	}
	f->height_of_cog_above_ground = 0.26 - 0.00001 * c->speed * c->speed;
	f->local_velocity_z = c->speed;
	f->angular_velocity_y = c->turn_rate;
	f->angular_acceleration_y = c->turn_acceleration;
	f->front_wheels_angle = -0.3 * c->steer;
	f->front_aero_height = 0.03 - 0.0000018 * c->speed * c->speed;
	f->rear_aero_height = 0.055 - 0.0000035 * c->speed * c->speed;
	f->front_roll_angle = -0.003 * c->lateral;
	f->rear_roll_angle = -0.0035 * c->lateral;
	f->chassis_yaw = 0.004 * c->lateral;
	f->chassis_pitch = -0.0005 * c->acceleration;
	f->button_status = race.buttons;
	f->mfd_panel_index = fmod(race.time, 60) < 20 ? 255 : fmod(floor(race.time / 20), 5);
}

static void
fill_session(void)
{
	struct session_fields *f = &self.session;
	const struct car *player = &race.cars[race.player];
	int stop = player->stops < player->stops_planned ? player->stop_laps[player->stops] : 0;

	f->track_temperature = race.track_temperature + 2 * sin(race.time / 900);
	f->safety_car_status = race.safety_car;
	f->num_safety_car_periods = race.safety_cars;
	f->num_red_flag_periods = race.reds;
	f->session_time_left = fmax(f->session_duration - race.time, 0);
	f->pit_stop_window_ideal_lap = stop;
	f->pit_stop_window_latest_lap = stop ? (stop + 3 < race.laps ? stop + 3 : race.laps - 1) : 0;
	f->pit_stop_rejoin_position = stop ? (player->position + 5 < race.cars_n ? player->position + 5 : race.cars_n) : 0;
}

int
packets_session_type(void)
{
	switch (race.kind) {
	case PRACTICE:
		return value("session_type", "Short Practice", 4);
	case QUALIFYING:
		return value("session_type", "Short Qualifying", 8);
	default:
		return value("session_type", "Race", 10);
	}
}

static void
init_session(void)
{
	static const int half_hours[] = { 0, 5, 10, 15, 30 };
	struct session_fields *f = &self.session;

	f->game_year = race.year < 2026 ? race.year - 2000 : 25;
	f->game_major_version = 1;
	f->game_minor_version = 18;
	f->packet_version = 1;
	f->secondary_player_car_index = 255;
	f->weather = race.weather;
	f->air_temperature = race.air_temperature;
	f->total_laps = race.laps;
	f->track_length = track.length;
	f->session_type = packets_session_type();
	f->spectator_car_index = 255;
	if (scene_on(SPECTATOR)) {
		f->is_spectating = 1;
		f->spectator_car_index = race.player;
	}
	f->track_id = value("track", "Catalunya", 4);
	f->formula = value("formula", "F1 26", 0);
	f->session_duration = 7200;
	f->pit_speed_limit = 80;
	f->num_marshal_zones = TRACK_MARSHAL_ZONES;
	f->network_game = race.year >= 2020;	/* there was a lobby */
	for (int i = 0; i < race.cars_n; i++)
		if (race.cars[i].restricted)
			f->network_game = 1;
	f->num_weather_forecast_samples = 5;
	f->ai_difficulty = 85;
	f->season_link_identifier = (double)(prng_u64() >> 32);
	f->weekend_link_identifier = (double)(prng_u64() >> 32);
	f->session_link_identifier = (double)(prng_u64() >> 32);
	f->braking_assist = 0;
	f->gearbox_assist = 1;
	f->dynamic_racing_line = 1;
	f->game_mode = value("game_mode", "Online Custom", 7);
	f->rule_set = value("ruleset", "Race", 1);
	f->time_of_day = 14 * 60;
	f->session_length = race.laps <= 5 ? 3 : race.laps < 20 ? 4 : race.laps < 40 ? 6 : 7;
	f->speed_units_lead_player = f->speed_units_secondary_player = 1;
	f->flashback_limit = 0;
	f->surface_type = 1;
	f->race_starts = 1;
	f->tyre_temperature = 1;
	f->car_damage = 2;
	f->car_damage_rate = 1;
	f->collisions = 2;
	f->parc_ferme_rules = 1;
	f->pit_stop_experience = 1;
	f->safety_car_experience = f->formation_lap_experience = 255;
	f->affects_licence_level_mp = 1;
	f->num_sessions_in_weekend = 2;
	f->weekend_structure[0] = value("session_type", "Short Qualifying", 8);
	f->weekend_structure[1] = f->session_type;
	if (scene_on(WEEKEND)) {
		f->num_sessions_in_weekend = 3;
		f->weekend_structure[0] = value("session_type", "Short Practice", 4);
		f->weekend_structure[1] = value("session_type", "Short Qualifying", 8);
		f->weekend_structure[2] = value("session_type", "Race", 10);
	}
	f->sector2_lap_distance_start = track.sector[0];
	f->sector3_lap_distance_start = track.sector[1];
	f->num_active_aero_zones_full = track.zones_n;
	f->num_active_aero_zones_partial = track.zones_n > 1 ? track.zones_n - 1 : track.zones_n;
	f->num_drs_zones = track.zones_n;
	f->start_reaction_time = 0.25;
	wire_game(f);
	for (int i = 0; i < 5; i++) {
		struct forecast_fields s = { .session_type = f->session_type, .time_offset = half_hours[i], .weather = race.weather };

		s.track_temperature = race.track_temperature - i / 2;
		s.track_temperature_change = i == 2 || i == 4 ? 1 : 2;
		s.air_temperature = race.air_temperature;
		s.air_temperature_change = 2;
		s.rain_percentage = 3 * race.weather + i;
		wire_put(SESSION, "weather_forecast_samples", i, 0, &s);
	}
	for (int i = 0; i < track.zones_n; i++) {
		struct zone_fields z = { .zone_start = track.zones[i].start / track.length, .zone_end = track.zones[i].end / track.length };

		wire_put(SESSION, "drs_zones", i, 0, &z);
		wire_put(SESSION, "active_aero_zones_full", i, 0, &z);
		if (i < f->num_active_aero_zones_partial)
			wire_put(SESSION, "active_aero_zones_partial", i, 0, &z);
	}
}

/* What the game leaves in the places that nobody has. */
static void
init_unused(void)
{
	int none = race.year < 2026 ? 255 : 65535;
	struct car_fields nobody = { .driver_id = none, .network_id = none, .team_id = none, .platform = 255 };
	struct colour_fields white = { 255, 255, 255 };

	for (int i = race.cars_n; i < wire_cars(); i++) {
		if (race.year >= 2021)
			wire_put(PARTICIPANTS, "participants", i, 0, &nobody);
		for (int j = 0; j < 4; j++)
			wire_put(PARTICIPANTS, "livery_colours", i, j, &white);
	}
	nobody = (struct car_fields){ .team_id = none };
	for (int i = race.cars_n; i < wire_cars(); i++)
		wire_put(LOBBY_INFO, "lobby_info", i, 0, &nobody);
}

const char *
packets_name(const struct car *c)
{
	return c->restricted ? "Player" : c->human && !c->guest ? human_name : c->who.name;
}

int
packets_hides_setup(const struct car *c)
{
	return c->guest || (scene_on(SPECTATOR) && c == &race.cars[race.player]);
}

void
packets_init(uint64_t session_uid)
{
	static const char *const visual[] = { "Soft", "Medium", "Hard", "Inter", "Wet" };
	static const char *const actual[] = { "C5", "C4", "C3", "Inter", "Wet" };
	static const char *const compound[] = { "Ultra soft", "Super soft", "Soft", "Inter", "Wet" };	/* 2018 */

	self.moment.session_uid = session_uid;
	self.moment.player = scene_on(SPECTATOR) ? 255 : race.player;
	self.moment.secondary_player = 255;
	self.status_running = value("result_status", "Active", 2);
	self.status_finished = value("result_status", "Finished", 3);
	self.status_retired = value("result_status", "Retired", 7);
	self.status_inactive = value("result_status", "Inactive", 1);
	self.red = value("fia_flag", "Red", value("fia_flag", "Yellow", 3));	/* no red one from 2023 on */
	self.ers[1] = value("ers_mode", "Medium", 1);
	self.ers[2] = value("ers_mode", "Hotlap", 2);
	self.ers[3] = value("ers_mode", "Overtake", value("ers_mode", "Boost", 3));
	for (int i = SOFT; i <= WET; i++) {
		self.visual[i] = value("tyre_visual", visual[i], 0);
		self.actual[i] = value("tyre_actual", actual[i], 0);
		self.compound[i] = value("tyre_compound", compound[i], 0);
	}
	for (int i = 0; i < race.cars_n; i++)
		fill_constant(&self.cars[i], &race.cars[i]);
	self.once.time_trial_pb_car_idx = self.once.time_trial_rival_car_idx = 255;
	self.once.mfd_panel_index = self.once.mfd_panel_index_secondary_player = 255;
	self.once.next_front_wing_value = self.cars[race.player].front_wing;
	self.once.num_cars = self.once.num_players = race.cars_n;
	init_unused();
	init_session();
	for (int i = 0; i < race.cars_n; i++) {
		const struct car *c = &race.cars[i];
		int hue = c->who.team * 37;

		wire_text(PARTICIPANTS, "participants", i, "name", packets_name(c));
		for (int j = 0; j < 4; j++) {
			struct colour_fields f = { (hue * 5 + j * 40) % 256, (hue * 3 + j * 90) % 256, (hue + j * 20) % 256 };

			wire_put(PARTICIPANTS, "livery_colours", i, j, &f);
		}
	}
}

void
packets_rewind(void)
{
	for (int i = 0; i < LAYOUT_IDS; i++)
		self.sent_until[i] = fmin(self.sent_until[i], race.time);
}

void
packets_session(uint64_t session_uid, uint32_t link)
{
	self.moment.session_uid = session_uid;
	packets_rewind();
	self.session.session_type = packets_session_type();
	self.session.total_laps = race.laps;
	if (link)
		self.session.session_link_identifier = link;
	for (int i = 0; i < race.cars_n; i++) {
		self.cars[i].grid_position = race.kind == RACE ? race.cars[i].grid : 0;
		self.cars[i].fuel_load = race.cars[i].fuel_start;
	}
}

const struct moment *
packets_moment(void)
{
	return &self.moment;
}

void
packets_menu(double stale_time)
{
	struct moment session = self.moment;
	struct event_fields button = { .button_status = 1 };
	struct event_fields penalty = { .penalty_type = 12, .infringement_type = 34, .vehicle_idx = race.player,
	    .other_vehicle_idx = 255, .time = 255, .lap_num = 1, .places_gained = 255 };

	self.moment = (struct moment){ .session_time = stale_time, .player = session.player, .secondary_player = 0 };
	send_event("BUTN", &button);
	send_event("PENA", &penalty);
	self.moment = session;
}

void
packets_lobby(void)
{
	struct moment session = self.moment;

	if (!wire_has(LOBBY_INFO))
		return;
	/* the lobby is in the order of those who came: the player first */
	for (int i = 0, place = 1; i < race.cars_n; i++) {
		int at = i == race.player ? 0 : place++;

		wire_put(LOBBY_INFO, "lobby_info", at, 0, &self.cars[i]);
		wire_text(LOBBY_INFO, "lobby_info", at, "name", packets_name(&race.cars[i]));
	}
	wire_put(LOBBY_INFO, "lobby_info_extra", 0, 0, &self.once);
	self.moment = (struct moment){ .player = 0, .secondary_player = 255 };
	send_packet(LOBBY_INFO);
	self.moment = session;
}

static void
send_session(void)
{
	fill_session();
	wire_put(SESSION, "session", 0, 0, &self.session);
	for (int i = 0; i < TRACK_MARSHAL_ZONES; i++) {
		struct zone_fields z = { .zone_start = (double)i / TRACK_MARSHAL_ZONES,
		    .zone_flag = race.red ? self.red : i == race.yellow_zone ? 3 : 0 };

		wire_put(SESSION, "marshal_zones", i, 0, &z);
	}
	send_packet(SESSION);
}

/* What a car that is restricted does not show; the list is that of each year. */
static void
hide(struct car_fields *f)
{
	f->fuel_mix = f->fuel_in_tank = f->fuel_capacity = f->fuel_remaining_laps = f->front_brake_bias = 0;
	f->ers_store_energy = f->ers_deploy_mode = f->ers_harvested_this_lap_mguk = f->ers_harvested_this_lap_mguh = 0;
	f->ers_deployed_this_lap = f->ers_harvest_limit_per_lap = 0;
	if (race.year == 2020)
		f->tyres_age_laps = 0;
	if (race.year >= 2023)
		f->engine_power_ice = f->engine_power_mguk = 0;
	for (int i = 0; i < 4; i++)
		f->tyres_wear[i] = f->tyres_damage[i] = f->brakes_damage[i] = 0;
	f->front_left_wing_damage = f->front_right_wing_damage = f->rear_wing_damage = f->floor_damage = 0;
	f->diffuser_damage = f->sidepod_damage = f->gear_box_damage = f->engine_damage = f->drs_fault = 0;
	f->engine_mguh_wear = f->engine_es_wear = f->engine_ce_wear = f->engine_ice_wear = f->engine_mguk_wear = 0;
	f->engine_tc_wear = 0;
}

static void
send_cars(unsigned id)
{
	for (int i = 0; i < race.cars_n; i++)
		if (race.cars[i].restricted)
			hide(&self.cars[i]);
	wire_put_cars(id, self.cars, race.cars_n);
	for (int i = 0; id == CAR_SETUPS && i < race.cars_n; i++) {
		static const struct car_fields blank;

		if (packets_hides_setup(&race.cars[i]))
			wire_put(id, "car_setups", i, 0, &blank);
	}
	switch (id) {
	case MOTION:
		wire_put(id, "motion_ex", 0, 0, &self.once);
		break;
	case LAP_DATA:
		wire_put(id, "lap_data_extra", 0, 0, &self.once);
		break;
	case PARTICIPANTS:
		wire_put(id, "participants_extra", 0, 0, &self.once);
		break;
	case CAR_SETUPS:
		wire_put(id, "car_setups_extra", 0, 0, &self.once);
		break;
	case CAR_TELEMETRY:
		wire_put(id, "car_telemetry_extra", 0, 0, &self.once);
		break;
	case FINAL_CLASSIFICATION:
		wire_put(id, "final_classification_extra", 0, 0, &self.once);
		break;
	}
	send_packet(id);
}

static void
send_history(int car)
{
	const struct car *c = &race.cars[car];
	struct history_fields f = { .car_idx = car, .num_laps = c->running == RUNNING ? c->lap : c->laps_done };

	if (c->running == RETIRED)	/* the lap that it did not end */
		f.num_laps = c->lap;
	f.num_tyre_stints = c->stints_n;
	f.best_lap_time_lap_num = c->best_lap;
	f.best_sector1_lap_num = c->best_sector[0];
	f.best_sector2_lap_num = c->best_sector[1];
	f.best_sector3_lap_num = c->best_sector[2];
	wire_clear(SESSION_HISTORY);
	wire_put(SESSION_HISTORY, "session_history", 0, 0, &f);
	for (int i = 1; i <= (int)f.num_laps; i++) {
		const struct lap *l = &c->laps[i];
		struct lap_fields k = { .lap_time_in_ms = l->time, .lap_valid_bit_flags = l->valid };

		k.sector1_time_in_ms = l->sector[0];
		k.sector2_time_in_ms = l->sector[1];
		k.sector3_time_in_ms = l->sector[2];
		split(l->sector[0], &k.sector1_time_ms_part, &k.sector1_time_minutes_part);
		split(l->sector[1], &k.sector2_time_ms_part, &k.sector2_time_minutes_part);
		split(l->sector[2], &k.sector3_time_ms_part, &k.sector3_time_minutes_part);
		wire_put(SESSION_HISTORY, "lap_history", i - 1, 0, &k);
	}
	for (int i = 0; i < c->stints_n; i++) {
		struct stint_fields k = { .end_lap = c->stints[i].end_lap ? c->stints[i].end_lap : 255 };

		k.tyre_actual_compound = self.actual[c->stints[i].compound];
		k.tyre_visual_compound = self.visual[c->stints[i].compound];
		wire_put(SESSION_HISTORY, "tyre_stints", i, 0, &k);
	}
	send_packet(SESSION_HISTORY);
}

static void
send_sets(int car)
{
	static const int life[] = { 16, 24, 34, 20, 20 }, delta[] = { 0, 420, 790, 6200, 12400 };
	const struct car *c = &race.cars[car];
	struct history_fields f = { .car_idx = car, .fitted_idx = c->restricted ? 0 : c->set };

	wire_clear(TYRE_SETS);
	for (int i = 0; i < RACE_SETS && !c->restricted; i++) {
		const struct tyre_set *s = &c->sets[i];
		struct set_fields k = { .wear = floor(s->wear), .available = i == c->set || s->wear < 15, .fitted = i == c->set };

		k.actual_tyre_compound = self.actual[s->compound];
		k.visual_tyre_compound = self.visual[s->compound];
		k.recommended_session = self.session.session_type;
		k.usable_life = life[s->compound];
		k.life_span = fmax(life[s->compound] * (1 - s->wear / 70), 0);
		k.lap_delta_time = delta[s->compound] - delta[c->sets[c->set].compound] + 20 * (s->wear - c->sets[c->set].wear);
		wire_put(TYRE_SETS, "tyre_sets", i, 0, &k);
	}
	wire_put(TYRE_SETS, "tyre_sets_extra", 0, 0, &f);
	send_packet(TYRE_SETS);
}

/* 50 laps in a packet, a longer race needs two */
static void
send_positions(void)
{
	int laps = race.leader_lap < race.laps ? race.leader_lap : race.laps;

	for (int start = 0; start == 0 || start < laps; start += 50) {
		struct history_fields f = { .lap_start = start, .num_laps = laps - start < 50 ? laps - start : 50 };

		wire_clear(LAP_POSITIONS);
		wire_put(LAP_POSITIONS, "lap_positions_extra", 0, 0, &f);
		for (int i = 0; i < (int)f.num_laps; i++)
			for (int c = 0; c < race.cars_n; c++) {
				struct position_fields p = { .position = race.positions[start + i + 1][c] };

				wire_put(LAP_POSITIONS, "lap_positions", i, c, &p);
			}
		send_packet(LAP_POSITIONS);
	}
}

static void
send_classification(void)
{
	static const int points[] = { 25, 18, 15, 12, 10, 8, 6, 4, 2, 1 };

	for (int i = 0; i < race.cars_n; i++) {
		const struct car *c = &race.cars[i];
		struct car_fields *f = &self.cars[i];
		int finished = c->running == FINISHED;

		f->position = c->position;
		f->num_laps = c->laps_done;
		f->points = finished && c->position <= 10 && race.kind == RACE ? points[c->position - 1] : 0;
		/* one for the fastest lap, to those in the points, in the seasons that had it */
		if (race.year >= 2019 && race.year <= 2024 && i == race.fastest_car && f->points > 0)
			f->points++;
		f->result_reason = finished ? 2 : c->terminal ? 3 : 8;
		f->total_race_time = finished ? c->finish_time / 1000.0 : 0;
		if (race.kind != RACE)
			f->total_race_time = c->best_lap ? c->laps[c->best_lap].time / 1000.0 : 0;
		f->num_tyre_stints = c->stints_n;
		for (int k = 0; k < c->stints_n; k++) {
			f->tyre_stints_actual[k] = self.actual[c->stints[k].compound];
			f->tyre_stints_visual[k] = self.visual[c->stints[k].compound];
			f->tyre_stints_end_laps[k] = k == c->stints_n - 1 ? 255 : c->stints[k].end_lap;
		}
	}
	send_cars(FINAL_CLASSIFICATION);
}

/* Is a packet of its own rate due? Rates are kept even if fewer frames are sent. */
static int
due(unsigned id, double period)
{
	if (!wire_has(id) || race.time < self.sent_until[id] - 1e-6)
		return 0;
	self.sent_until[id] += period;
	return 1;
}

void
packets_frame(uint32_t frame, uint32_t overall_frame)
{
	self.moment.session_time = race.time;
	self.moment.frame = frame;
	self.moment.overall_frame = overall_frame;
	fill_cars();
	fill_player();
	for (int i = 0; i < race.events_n; i++)
		send_event(race.events[i].code, &race.events[i].fields);
	race.events_n = 0;

	send_cars(MOTION);
	if (due(SESSION, 0.5))
		send_session();
	send_cars(LAP_DATA);
	if (due(PARTICIPANTS, 5))
		send_cars(PARTICIPANTS);
	if (due(CAR_SETUPS, race.year == 2018 ? 5 : 0.5))
		send_cars(CAR_SETUPS);
	send_cars(CAR_TELEMETRY);
	if (wire_every_frame(CAR_STATUS) || due(CAR_STATUS, 0.5)) {
		for (int i = 0; i < race.cars_n && !wire_has(CAR_DAMAGE); i++)
			fill_damage(&self.cars[i], &race.cars[i]);
		send_cars(CAR_STATUS);
	}
	if (due(CAR_DAMAGE, race.year < 2023 ? 0.5 : 0.1)) {
		for (int i = 0; i < race.cars_n; i++)
			fill_damage(&self.cars[i], &race.cars[i]);
		send_cars(CAR_DAMAGE);
	}
	while (due(SESSION_HISTORY, 0.05))
		send_history(self.history_car++ % race.cars_n);
	while (due(TYRE_SETS, 0.05))
		send_sets(self.sets_car++ % race.cars_n);
	if (wire_has(MOTION_EX)) {
		wire_put(MOTION_EX, "motion_ex", 0, 0, &self.once);
		send_packet(MOTION_EX);
	}
	if (wire_has(CAR_TELEMETRY_2))
		send_cars(CAR_TELEMETRY_2);
	if (due(LAP_POSITIONS, 1))
		send_positions();
}

void
packets_flashback(uint32_t frame, double time)
{
	struct event_fields f = { .flashback_frame_identifier = frame, .flashback_session_time = time };

	send_event("FLBK", &f);
}

void
packets_leave(void)
{
	/* from 2021 on the last packets belong to no frame, and for two years to no time either */
	if (race.year >= 2021)
		self.moment.frame = 0;
	if (race.year == 2021 || race.year == 2022)
		self.moment.session_time = 0;
	if (scene_on(FRAME0_END) && race.year >= 2021)
		self.moment.overall_frame = 0;
	send_event("SEND", NULL);
}

void
packets_end(void)
{
	packets_leave();
	if (scene_on(LATE_SSTA))
		send_event("SSTA", NULL);
	if (wire_has(FINAL_CLASSIFICATION))
		send_classification();
	for (int i = 0; i < race.cars_n && wire_has(SESSION_HISTORY); i++)
		send_history(i);
}

void
packets_results(double later)
{
	self.moment.session_time = race.time + later;
	send_classification();
}
