/* gate: who may come in
 * SPDX-License-Identifier: MIT
 */
#ifndef GATE_H
#define GATE_H

#include <stdbool.h>

/* Names beside localhost and addresses by which we may be called, and origins beside our own ("*" is any). The texts must
 * stay. */
void gate_host(const char *name);
void gate_origin(const char *origin);

/* The token of a file's first line; ends the program if it cannot be read or has none. */
void gate_token_file(const char *file);

/* Is there a token to be told? */
bool gate_has_token(void);

/* Is this our name? A page of another name that a name server has turned to us (DNS rebinding) does not know it. NULL:
 * there was no Host header. */
bool gate_host_ok(const char *host);

/* May a page of this origin open a WebSocket, when we were called `host`? NULL: no page, no Origin header. */
bool gate_origin_ok(const char *origin, const char *host);

/* Is it the token? Takes as long whatever it is. */
bool gate_token_ok(const char *token);

/* The same for a header "Authorization: Bearer TOKEN", and "Cookie: f1-token=TOKEN"; NULL is none. */
bool gate_authorization_ok(const char *value);
bool gate_cookie_ok(const char *value);

#endif
