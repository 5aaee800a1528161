/* sql: the files of f1-pg/sql, which make the views
 * SPDX-License-Identifier: MIT
 *
 * They are written for the schema f1, whose name stands before every name; schema.c puts another one there. Each can be
 * run again over what is there already.
 */
#ifndef SQL_H
#define SQL_H

#include <stddef.h>

/* the texts, in the order in which they need one another, and then NULL */
extern const char *const sql_texts[];

/* names of the views and of the functions for people that they make, and then NULL */
extern const char *const sql_views[], *const sql_functions[];

#endif
