#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "machine/host.h"
#include "machine/text.h"

void host_virtualization(char *v, size_t n)
{
	char text[8192], flags[4096];

	text_read(text, sizeof text, "/proc/cpuinfo");
	text_field(text, "flags", flags, sizeof flags);
	if (strstr(flags, " hypervisor"))
		text_add(v, n, "hypervisor flag");
	if (text_read(text, sizeof text, "/sys/hypervisor/type"))
		text_add(v, n, "%s%s", *v ? "; " : "", text);
	/* a name, but no proof: bare machines have one, too */
	if (*v && text_read(text, sizeof text, "/sys/class/dmi/id/sys_vendor"))
		text_add(v, n, "; %s", text);
	if (!*v)
		text_add(v, n, "none");
}

void host_container(char *v, size_t n)
{
	static const char *const marks[] = { "/.dockerenv", "/run/.containerenv" };
	static const char *const groups[] = { "docker", "kubepods", "lxc", "containerd" };
	const char *env = getenv("container");
	char text[4096];

	if (env && *env)
		text_add(v, n, "container=%s", env);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (!access(marks[i], F_OK))
			text_add(v, n, "%s%s", *v ? "; " : "", marks[i]);
	text_read(text, sizeof text, "/proc/1/cgroup");
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (strstr(text, groups[i]))
			text_add(v, n, "%s%s in /proc/1/cgroup", *v ? "; " : "", groups[i]);
	if (!*v)
		text_add(v, n, "none");
}

void host_mitigations(char *v, size_t n)
{
	static const char dir[] = "/sys/devices/system/cpu/vulnerabilities";
	char text[512], open[160] = "";
	unsigned mitigated = 0;
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		if (*e->d_name == '.' || !text_read(text, sizeof text, "%s/%s", dir, e->d_name))
			continue;
		mitigated += !strncmp(text, "Mitigation", 10);
		if (!strncmp(text, "Vulnerable", 10))
			text_add(open, sizeof open, " %s", e->d_name);
	}
	if (d) {
		closedir(d);
		text_add(v, n, "%u mitigated; open:%s", mitigated, *open ? open : " none");
	}
}

static const struct {
	unsigned long magic;	/* see statfs(2) */
	const char *name;
} filesystems[] = {
	{ 0xef53, "ext" }, { 0x01021994, "tmpfs" }, { 0x58465342, "xfs" },
	{ 0x9123683e, "btrfs" }, { 0x794c7630, "overlay" }, { 0x2fc12fc1, "zfs" },
	{ 0x6969, "nfs" }, { 0xf2f52010, "f2fs" }, { 0x01021997, "9p" },
	{ 0x65735546, "fuse" }, { 0x0bd00bd0, "lustre" }, { 0xfe534d42, "smb2" },
};

void host_filesystem(char *v, size_t n)
{
	const char *dir = getenv("TMPDIR");
	struct statfs fs;
	unsigned long magic;

	if (statfs(dir && *dir ? dir : "/tmp", &fs) < 0)
		return;
	magic = (unsigned long)fs.f_type & 0xffffffff;
	for (size_t i = 0; i < sizeof filesystems / sizeof *filesystems; i++) {
		if (filesystems[i].magic == magic) {
			text_add(v, n, "%s", filesystems[i].name);
			return;
		}
	}
	text_add(v, n, "0x%lx", magic);
}

static bool matters(const char *variable)
{
	static const char *const prefixes[] = {
		"OMP_", "GOMP_", "KMP_", "MALLOC_", "GLIBC_TUNABLES=", "LD_PRELOAD=",
		"LD_LIBRARY_PATH=", "LD_BIND_NOW=", "HWLOC_",
	};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (!strncmp(variable, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

void host_environment(char *v, size_t n)
{
	for (char **e = environ; *e; e++)
		if (matters(*e))
			text_add(v, n, "%s%s", *v ? ";" : "", *e);
}
