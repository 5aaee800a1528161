/* nopcap: in place of pcap, where there is no libpcap
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "capture.h"

bool
capture_read(struct input *in, struct taker *taker, char *why)
{
	(void)in;
	(void)taker;
	strcpy(why, "a pcap or pcapng file, and this program was built without libpcap");
	return false;
}
