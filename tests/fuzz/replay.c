/* replay: feeds files, and all files in folders, to a fuzz entry, so that any compiler can replay a corpus
 * SPDX-License-Identifier: MIT
 */
#include <dirent.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static unsigned inputs;

static void
replay(const char *path)
{
	char name[4096];
	struct dirent *entry;
	struct stat st;
	uint8_t *data;
	DIR *dir;
	FILE *f;

	if ((dir = opendir(path)) != NULL) {
		while ((entry = readdir(dir)) != NULL) {
			if (entry->d_name[0] == '.')
				continue;
			if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) < (int)sizeof name)
				replay(name);
		}
		closedir(dir);
		return;
	}
	if ((f = fopen(path, "rb")) == NULL || fstat(fileno(f), &st) == -1)
		err(EX_NOINPUT, "%s", path);
	/* of the very length, so that a sanitizer sees a byte too far */
	if ((data = malloc((size_t)st.st_size)) == NULL && st.st_size > 0)
		err(EX_OSERR, NULL);
	if (fread(data, 1, (size_t)st.st_size, f) != (size_t)st.st_size)
		err(EX_IOERR, "%s", path);
	fclose(f);
	LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
	free(data);
	inputs++;
}

int
main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%u inputs\n", inputs);
	return EX_OK;
}
