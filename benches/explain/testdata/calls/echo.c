// A TCP echo server on epoll, by read and writev, and in a child its load: for
// captures of a server that is not Go's.
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CONNS = 20, SIZE = 4096 };

static char buffer[SIZE];

static void load(struct sockaddr_in *to) {
	int conns[CONNS];
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < CONNS; i++) {
		conns[i] = socket(AF_INET, SOCK_STREAM, 0);
		connect(conns[i], (struct sockaddr *)to, sizeof *to);
	}
	for (;;) {
		for (int i = 0; i < CONNS; i++)
			send(conns[i], buffer, SIZE, 0);
		for (int i = 0; i < CONNS; i++)
			recv(conns[i], buffer, SIZE, MSG_WAITALL);
	}
}

static void echo(int epoll, int fd) {
	ssize_t n = read(fd, buffer, SIZE);
	struct iovec parts[2] = {{buffer, n / 2}, {buffer + n / 2, n - n / 2}};
	if (n <= 0 || writev(fd, parts, 2) != n)
		epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
}

int main(void) {
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0);
	bind(listener, (struct sockaddr *)&at, len);
	getsockname(listener, (struct sockaddr *)&at, &len);
	listen(listener, CONNS);
	if (fork() == 0)
		load(&at);
	for (int i = 0; i < CONNS; i++) {
		struct epoll_event in = {.events = EPOLLIN, .data.fd = accept(listener, NULL, NULL)};
		epoll_ctl(epoll, EPOLL_CTL_ADD, in.data.fd, &in);
	}
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		struct epoll_event ready[CONNS];
		int n = epoll_wait(epoll, ready, CONNS, -1);
		for (int i = 0; i < n; i++)
			echo(epoll, ready[i].data.fd);
	}
}
