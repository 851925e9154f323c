/* fake_server.h - a program that behaves as a real server does, and is there
 * wherever the tests are: it echoes, and says who it is. */
#ifndef TESTS_FAKE_SERVER_H
#define TESTS_FAKE_SERVER_H

#include "workloads/backend.h"

static const char fake_text[] =
	"import os, selectors, signal, socket, sys\n"
	"how, where, *helper = sys.argv[1:]\n"
	"while helper and not os.fork():\n"
	"    signal.pause()\n"
	"unix = how == 'unix'\n"
	"s = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)\n"
	"s.bind(where if unix else ('127.0.0.1', int(where)))\n"
	"s.listen(99)\n"
	"all = selectors.DefaultSelector()\n"
	"all.register(s, selectors.EVENT_READ)\n"
	"asked = 0\n"
	"while True:\n"
	"    for key, _ in all.select():\n"
	"        c = key.fileobj\n"
	"        if c is s:\n"
	"            c = s.accept()[0]\n"
	"            unix or c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)\n"
	"            all.register(c, selectors.EVENT_READ)\n"
	"            continue\n"
	"        data = c.recv(4096)\n"
	"        if data == b'ping\\n':\n"
	"            data = b'pid %d\\nversion 1.0\\n' % os.getpid()\n"
	"        if data == b'who\\n':\n"
	"            asked += 1\n"
	"            data = b'pid %d\\nversion %d\\n' % (os.getpid() + (asked < 3), asked)\n"
	"        if data:\n"
	"            c.sendall(data)\n"
	"        else:\n"
	"            all.unregister(c)\n"
	"            c.close()\n";

static const char *const fake_tcp[] = {
	"python3", "-S", "-E", "-c", fake_text, "tcp", "@port", NULL
}, *const fake_local[] = {
	"python3", "-S", "-E", "-c", fake_text, "unix", "@address", NULL
};
static const struct backend fake = {
	.program = "python3", .package = "python3", .tcp = fake_tcp, .local = fake_local,
	.ping = "ping\n", .pid = "pid ", .version = "version ",
};

#endif
