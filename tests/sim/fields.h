/* fields: a value for every field of every year, by its official name; what a year does not have is not sent
 * SPDX-License-Identifier: MIT
 *
 * Each list makes a struct of doubles and the table of its names, so that no name is written twice. F is one number,
 * A several. Values are in the unit of all years; the layout says where a year counts otherwise.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include "layout.h"

/* all that packets hold by car index, and lobbies by place */
#define FIELDS_CAR(F, A) \
	/* motion */ \
	F(world_position_x) F(world_position_y) F(world_position_z) \
	F(world_velocity_x) F(world_velocity_y) F(world_velocity_z) \
	F(world_forward_dir_x) F(world_forward_dir_y) F(world_forward_dir_z) \
	F(world_right_dir_x) F(world_right_dir_y) F(world_right_dir_z) \
	F(g_force_lateral) F(g_force_longitudinal) F(g_force_vertical) F(yaw) F(pitch) F(roll) \
	/* lap_data */ \
	F(last_lap_time) F(current_lap_time) F(last_lap_time_in_ms) F(current_lap_time_in_ms) \
	F(sector1_time) F(sector2_time) F(sector1_time_in_ms) F(sector2_time_in_ms) \
	F(sector1_time_ms_part) F(sector1_time_minutes_part) F(sector2_time_ms_part) F(sector2_time_minutes_part) \
	F(best_lap_time) F(best_lap_num) F(best_lap_time_in_ms) \
	F(best_lap_sector1_time_in_ms) F(best_lap_sector2_time_in_ms) F(best_lap_sector3_time_in_ms) \
	F(best_overall_sector1_time_in_ms) F(best_overall_sector1_lap_num) \
	F(best_overall_sector2_time_in_ms) F(best_overall_sector2_lap_num) \
	F(best_overall_sector3_time_in_ms) F(best_overall_sector3_lap_num) \
	F(delta_to_car_in_front_in_ms) F(delta_to_car_in_front_ms_part) F(delta_to_car_in_front_minutes_part) \
	F(delta_to_race_leader_in_ms) F(delta_to_race_leader_ms_part) F(delta_to_race_leader_minutes_part) \
	F(lap_distance) F(total_distance) F(safety_car_delta) F(car_position) F(current_lap_num) F(pit_status) \
	F(num_pit_stops) F(sector) F(current_lap_invalid) F(penalties) F(total_warnings) F(corner_cutting_warnings) \
	F(num_unserved_drive_through_pens) F(num_unserved_stop_go_pens) F(grid_position) F(driver_status) \
	F(result_status) F(pit_lane_timer_active) F(pit_lane_time_in_lane_in_ms) F(pit_stop_timer_in_ms) \
	F(pit_stop_should_serve_pen) F(speed_trap_fastest_speed) F(speed_trap_fastest_lap) \
	/* participants and lobby_info, without the name */ \
	F(ai_controlled) F(driver_id) F(network_id) F(team_id) F(my_team) F(race_number) F(nationality) \
	F(your_telemetry) F(show_online_names) F(tech_level) F(platform) F(num_colours) F(car_number) F(ready_status) \
	/* car_setups */ \
	F(front_wing) F(rear_wing) F(on_throttle) F(off_throttle) F(front_camber) F(rear_camber) F(front_toe) \
	F(rear_toe) F(front_suspension) F(rear_suspension) F(front_anti_roll_bar) F(rear_anti_roll_bar) \
	F(front_suspension_height) F(rear_suspension_height) F(brake_pressure) F(brake_bias) F(engine_braking) \
	F(front_tyre_pressure) F(rear_tyre_pressure) F(rear_left_tyre_pressure) F(rear_right_tyre_pressure) \
	F(front_left_tyre_pressure) F(front_right_tyre_pressure) F(ballast) F(fuel_load) \
	/* car_telemetry */ \
	F(speed) F(throttle) F(steer) F(brake) F(clutch) F(gear) F(engine_rpm) F(drs) F(rev_lights_percent) \
	F(rev_lights_bit_value) A(brakes_temperature, 4) A(tyres_surface_temperature, 4) A(tyres_inner_temperature, 4) \
	F(engine_temperature) A(tyres_pressure, 4) A(surface_type, 4) \
	/* car_telemetry_2 */ \
	F(active_aero_mode) F(active_aero_available) F(active_aero_activation_distance) F(overtake_available) \
	F(overtake_active) F(overtake_activation_distance) F(regulations_2026) F(driving_wrong_way) \
	/* car_status */ \
	F(traction_control) F(anti_lock_brakes) F(fuel_mix) F(front_brake_bias) F(pit_limiter_status) F(fuel_in_tank) \
	F(fuel_capacity) F(fuel_remaining_laps) F(max_rpm) F(idle_rpm) F(max_gears) F(drs_allowed) \
	F(drs_activation_distance) F(tyre_compound) F(actual_tyre_compound) F(visual_tyre_compound) F(tyres_age_laps) \
	F(vehicle_fia_flags) F(engine_power_ice) F(engine_power_mguk) F(ers_store_energy) F(ers_deploy_mode) \
	F(ers_harvested_this_lap_mguk) F(ers_harvested_this_lap_mguh) F(ers_harvest_limit_per_lap) \
	F(ers_deployed_this_lap) F(network_paused) F(exhaust_damage) \
	/* car_damage, before 2021 in car_status */ \
	A(tyres_wear, 4) A(tyres_damage, 4) A(brakes_damage, 4) A(tyre_blisters, 4) F(front_left_wing_damage) \
	F(front_right_wing_damage) F(rear_wing_damage) F(floor_damage) F(diffuser_damage) F(sidepod_damage) F(drs_fault) \
	F(ers_fault) F(gear_box_damage) F(engine_damage) F(engine_mguh_wear) F(engine_es_wear) F(engine_ce_wear) \
	F(engine_ice_wear) F(engine_mguk_wear) F(engine_tc_wear) F(engine_blown) F(engine_seized) \
	/* final_classification */ \
	F(position) F(num_laps) F(points) F(result_reason) F(total_race_time) F(penalties_time) F(num_penalties) \
	F(num_tyre_stints) A(tyre_stints_actual, 8) A(tyre_stints_visual, 8) A(tyre_stints_end_laps, 8)

/* what a packet holds once beside its array; motion_ex is the player's */
#define FIELDS_ONCE(F, A) \
	A(suspension_position, 4) A(suspension_velocity, 4) A(suspension_acceleration, 4) A(wheel_speed, 4) \
	A(wheel_slip_ratio, 4) A(wheel_slip_angle, 4) A(wheel_lat_force, 4) A(wheel_long_force, 4) \
	F(height_of_cog_above_ground) F(local_velocity_x) F(local_velocity_y) F(local_velocity_z) \
	F(angular_velocity_x) F(angular_velocity_y) F(angular_velocity_z) \
	F(angular_acceleration_x) F(angular_acceleration_y) F(angular_acceleration_z) F(front_wheels_angle) \
	A(wheel_vert_force, 4) F(front_aero_height) F(rear_aero_height) F(front_roll_angle) F(rear_roll_angle) \
	F(chassis_yaw) F(chassis_pitch) A(wheel_camber, 4) A(wheel_camber_gain, 4) \
	F(time_trial_pb_car_idx) F(time_trial_rival_car_idx) F(num_active_cars) F(next_front_wing_value) \
	F(button_status) F(mfd_panel_index) F(mfd_panel_index_secondary_player) F(suggested_gear) F(num_cars) F(num_players)

/* what the packets about one car hold once, and lap_positions */
#define FIELDS_HISTORY(F, A) \
	F(car_idx) F(num_laps) F(num_tyre_stints) F(best_lap_time_lap_num) F(best_sector1_lap_num) \
	F(best_sector2_lap_num) F(best_sector3_lap_num) F(fitted_idx) F(lap_start)

#define FIELDS_LAP(F, A) \
	F(lap_time_in_ms) F(sector1_time_in_ms) F(sector2_time_in_ms) F(sector3_time_in_ms) \
	F(sector1_time_ms_part) F(sector1_time_minutes_part) F(sector2_time_ms_part) F(sector2_time_minutes_part) \
	F(sector3_time_ms_part) F(sector3_time_minutes_part) F(lap_valid_bit_flags)

#define FIELDS_STINT(F, A) \
	F(end_lap) F(tyre_actual_compound) F(tyre_visual_compound)

#define FIELDS_SET(F, A) \
	F(actual_tyre_compound) F(visual_tyre_compound) F(wear) F(available) F(recommended_session) F(life_span) \
	F(usable_life) F(lap_delta_time) F(fitted)

#define FIELDS_SESSION(F, A) \
	F(game_year) F(game_major_version) F(game_minor_version) F(packet_version) F(secondary_player_car_index) \
	F(weather) F(track_temperature) F(air_temperature) F(total_laps) F(track_length) F(session_type) F(track_id) \
	F(era) F(formula) F(session_time_left) F(session_duration) F(pit_speed_limit) F(game_paused) F(is_spectating) \
	F(spectator_car_index) F(sli_pro_native_support) F(num_marshal_zones) F(safety_car_status) F(network_game) \
	F(num_weather_forecast_samples) F(forecast_accuracy) F(ai_difficulty) F(season_link_identifier) \
	F(weekend_link_identifier) F(session_link_identifier) F(pit_stop_window_ideal_lap) \
	F(pit_stop_window_latest_lap) F(pit_stop_rejoin_position) F(steering_assist) F(braking_assist) \
	F(gearbox_assist) F(pit_assist) F(pit_release_assist) F(ers_assist) F(drs_assist) F(dynamic_racing_line) \
	F(dynamic_racing_line_type) F(game_mode) F(rule_set) F(time_of_day) F(session_length) \
	F(speed_units_lead_player) F(temperature_units_lead_player) F(speed_units_secondary_player) \
	F(temperature_units_secondary_player) F(num_safety_car_periods) F(num_virtual_safety_car_periods) \
	F(num_red_flag_periods) F(equal_car_performance) F(recovery_mode) F(flashback_limit) F(surface_type) \
	F(low_fuel_mode) F(race_starts) F(tyre_temperature) F(pit_lane_tyre_sim) F(car_damage) F(car_damage_rate) \
	F(collisions) F(collisions_off_for_first_lap_only) F(mp_unsafe_pit_release) F(mp_off_for_griefing) \
	F(corner_cutting_stringency) F(parc_ferme_rules) F(pit_stop_experience) F(safety_car) \
	F(safety_car_experience) F(formation_lap) F(formation_lap_experience) F(red_flags) \
	F(affects_licence_level_solo) F(affects_licence_level_mp) F(num_sessions_in_weekend) A(weekend_structure, 12) \
	F(sector2_lap_distance_start) F(sector3_lap_distance_start) F(active_aero_track_status) \
	F(num_active_aero_zones_full) F(num_active_aero_zones_partial) F(num_drs_zones) F(start_reaction_time) \
	F(anti_lock_brakes_assist) F(traction_control_assist) F(dynamic_racing_line_hi_vis) \
	F(dynamic_racing_line_colour_blind) F(recurring_rewind_prompt)

/* marshal, DRS and active aero zones */
#define FIELDS_ZONE(F, A) \
	F(zone_start) F(zone_end) F(zone_flag)

#define FIELDS_FORECAST(F, A) \
	F(session_type) F(time_offset) F(weather) F(track_temperature) F(track_temperature_change) F(air_temperature) \
	F(air_temperature_change) F(rain_percentage)

#define FIELDS_COLOUR(F, A) \
	F(red) F(green) F(blue)

#define FIELDS_POSITION(F, A) \
	F(position)

/* the details of all events */
#define FIELDS_EVENT(F, A) \
	F(vehicle_idx) F(lap_time) F(reason) F(penalty_type) F(infringement_type) F(other_vehicle_idx) F(time) F(lap_num) \
	F(places_gained) F(speed) F(is_overall_fastest_in_session) F(is_driver_fastest_in_session) \
	F(fastest_vehicle_idx_in_session) F(fastest_speed_in_session) F(num_lights) F(stop_time) \
	F(flashback_frame_identifier) F(flashback_session_time) F(button_status) F(overtaking_vehicle_idx) \
	F(being_overtaken_vehicle_idx) F(safety_car_type) F(event_type) F(vehicle1_idx) F(vehicle2_idx) F(severity)

#define FIELDS_NUMBER(name) double name;
#define FIELDS_ARRAY(name, n) double name[n];

struct car_fields { FIELDS_CAR(FIELDS_NUMBER, FIELDS_ARRAY) };
struct once_fields { FIELDS_ONCE(FIELDS_NUMBER, FIELDS_ARRAY) };
struct history_fields { FIELDS_HISTORY(FIELDS_NUMBER, FIELDS_ARRAY) };
struct lap_fields { FIELDS_LAP(FIELDS_NUMBER, FIELDS_ARRAY) };
struct stint_fields { FIELDS_STINT(FIELDS_NUMBER, FIELDS_ARRAY) };
struct set_fields { FIELDS_SET(FIELDS_NUMBER, FIELDS_ARRAY) };
struct session_fields { FIELDS_SESSION(FIELDS_NUMBER, FIELDS_ARRAY) };
struct zone_fields { FIELDS_ZONE(FIELDS_NUMBER, FIELDS_ARRAY) };
struct forecast_fields { FIELDS_FORECAST(FIELDS_NUMBER, FIELDS_ARRAY) };
struct colour_fields { FIELDS_COLOUR(FIELDS_NUMBER, FIELDS_ARRAY) };
struct position_fields { FIELDS_POSITION(FIELDS_NUMBER, FIELDS_ARRAY) };
struct event_fields { FIELDS_EVENT(FIELDS_NUMBER, FIELDS_ARRAY) };

#endif
