// Threads and functions with names that look like what perf script puts around
// them. gcc -O2 -g -fno-omit-frame-pointer -pthread -o names names.c
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long sink;

static inline __attribute__((always_inline)) unsigned long mix(unsigned long x) {
	for (int i = 0; i < 2000; i++)
		x = x * 6364136223846793005ul + (x >> 3);
	return x;
}

// Symbols of C++: a template, operator() and a lambda.
unsigned long find(unsigned long) __asm__("_ZN4room5Table4findINS_3KeyEEEmRKSt6vectorIT_SaIS3_EE");
unsigned long call(unsigned long) __asm__("_ZN4roomclEm");
unsigned long lambda(unsigned long) __asm__("_ZZN4room3runEvENKUlvE_clEv");
__attribute__((noinline)) unsigned long find(unsigned long x) { return mix(x) + 1; }
__attribute__((noinline)) unsigned long call(unsigned long x) { return find(x) + 2; }
__attribute__((noinline)) unsigned long lambda(unsigned long x) { return call(x) + 3; }

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static void *thread(void *name) {
	prctl(PR_SET_NAME, name);
	for (double end = now() + 3; now() < end; usleep(50))
		sink += lambda(sink);
	return 0;
}

// Code without a file, named by a map as JIT compilers write it.
static void *jitted(void *name) {
	static const unsigned char code[] = {0x48, 0x89, 0xf8, 0xb9, 0, 0, 4, 0, 0x48, 0x8d, 0x44, 0x40, 1, 0xff, 0xc9, 0x75, 0xf7, 0xc3};
	char path[64];
	prctl(PR_SET_NAME, name);
	void *m = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(m, code, sizeof code);
	snprintf(path, sizeof path, P_tmpdir "/perf-%d.map", getpid());
	FILE *f = fopen(path, "w");
	fprintf(f, "%lx 40 LazyCompile:*spin (a b) [c.js]:1\n", (unsigned long)m);
	fclose(f);
	for (double end = now() + 3; now() < end;)
		sink += ((unsigned long (*)(unsigned long))m)(sink);
	return 0;
}

int main(void) {
	char *names[] = {"a b] [0] 1:", "7/8 [001]", "", "x: 1.5: y:"};
	pthread_t t[5];
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], 0, thread, names[i]);
	pthread_create(&t[4], 0, jitted, "js (jit)");
	for (int i = 0; i < 5; i++)
		pthread_join(t[i], 0);
	return 0;
}
