/* SPDX-License-Identifier: MIT */
/*
 * shootout [options]: latency and bandwidth of all mechanisms, on this machine.
 *
 * Prints each figure as it comes, then a table; writes shootout.csv, latency.svg
 * and bandwidth.svg. One measurement runs at a time, in two processes.
 */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "rows.h"

extern const struct channel channel_pipe, channel_fifo, channel_mq, channel_sysv, channel_sem,
    channel_set, channel_shm, channel_ring, channel_spin, channel_unix, channel_tcp,
    channel_my_ring, channel_my_frame;

static const struct channel none;

/* In the order of the labs. */
const struct channel *const channels[] = {
    &channel_pipe,
    &channel_fifo,
    &channel_mq,
    &channel_sysv,
    &channel_sem,
    &channel_set,
    &channel_shm,
    &channel_ring,
    &channel_spin,
#ifdef SHOOT_RING
    &channel_my_ring,
#endif
    &channel_unix,
    &channel_tcp,
#ifdef SHOOT_FRAME
    &channel_my_frame,
#endif
    &none,
};

static const char usage_text[] =
    "usage: shootout [--out DIR] [--only NAME,..] [--quick] [--cpus A,B|any]\n"
    "       shootout --show CSV        the table of an older run\n"
    "       shootout --plot CSV --out DIR   its two plots\n";

struct options {
    const char *out, *only, *show, *plot, *cpus;
    int quick;
};

static int usage(const char *why, const char *what)
{
    fprintf(stderr, "shootout: %s: %s\n%s", what, why, usage_text);
    return 2;
}

/* Is @name one of @list, which is separated by commas? No list holds all. */
static int listed(const char *list, const char *name)
{
    size_t len = strlen(name);

    if (list == NULL)
        return 1;
    for (const char *at = list; at != NULL; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, len) == 0 && (at[len] == ',' || at[len] == '\0'))
            return 1;
    return 0;
}

/* Return: 0 when each name of @list is a channel's; else 2 after a complaint. */
static int check_names(const char *list)
{
    char *copy = strdup(list), *save = NULL;
    int rc = copy == NULL ? 1 : 0;

    for (char *name = copy ? strtok_r(copy, ",", &save) : NULL; name != NULL && rc == 0;
         name = strtok_r(NULL, ",", &save)) {
        int known = 0;

        for (size_t i = 0; channels[i]->name != NULL; i++)
            known |= strcmp(channels[i]->name, name) == 0;
        if (known)
            continue;
        fprintf(stderr, "shootout: --only: no channel '%s'; there are:", name);
        for (size_t i = 0; channels[i]->name != NULL; i++)
            fprintf(stderr, " %s", channels[i]->name);
        fprintf(stderr, "\n");
        rc = 2;
    }
    free(copy);
    return rc;
}

/* The first two processors we may use; the same one twice when there is only one. */
static int choose_cpus(const char *text, int cpu[2])
{
    cpu_set_t may;
    int n = 0, used = 0;

    cpu[0] = cpu[1] = -1;
    if (sched_getaffinity(0, sizeof may, &may) == -1)
        return 0; /* not pinned, then */
    if (text != NULL && strcmp(text, "any") == 0)
        return 0;
    if (text != NULL) {
        n = sscanf(text, "%d,%d%n", &cpu[0], &cpu[1], &used);
        for (int i = 0; i < 2; i++)
            if (n != 2 || text[used] != '\0' || cpu[i] < 0 || cpu[i] >= CPU_SETSIZE ||
                !CPU_ISSET((unsigned)cpu[i], &may))
                return -1;
        return 0;
    }
    for (int i = 0; i < CPU_SETSIZE && n < 2; i++)
        if (CPU_ISSET((unsigned)i, &may))
            cpu[n++] = i;
    if (n == 1)
        cpu[1] = cpu[0];
    return 0;
}

static void cpu_model(char *text, size_t size)
{
    FILE *in = fopen("/proc/cpuinfo", "re");
    char line[256];

    snprintf(text, size, "unknown processor");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        char *colon = strchr(line, ':');

        if (strncmp(line, "model name", 10) != 0 || colon == NULL)
            continue;
        colon[strcspn(colon, "\n")] = '\0';
        snprintf(text, size, "%.80s", colon + 2);
        break;
    }
    if (in != NULL)
        fclose(in);
}

static void describe_machine(char *text, size_t size, const struct plan *plan)
{
    char model[96], cpus[64] = "not pinned", day[16] = "";
    struct utsname os;
    time_t t = time(NULL);
    struct tm tm;

    cpu_model(model, sizeof model);
    if (plan->cpu[0] >= 0)
        snprintf(cpus, sizeof cpus, "pinned to %d and %d%s", plan->cpu[0], plan->cpu[1],
                 sched_getscheduler(0) == SCHED_FIFO ? ", real-time priority" : "");
    if (gmtime_r(&t, &tm) != NULL)
        strftime(day, sizeof day, "%Y-%m-%d", &tm);
    if (uname(&os) == -1)
        snprintf(os.release, sizeof os.release, "?");
    snprintf(text, size, "%s, %ld processors, Linux %.60s, %s, %s", model,
             sysconf(_SC_NPROCESSORS_ONLN), os.release, cpus, day);
}

static int add_row(struct rows *r, const struct channel *c, enum mode mode, size_t size,
                   const struct plan *plan)
{
    struct row *row = &r->row[r->n];
    double mid, low, high;

    row->mode = mode;
    row->size = size;
    snprintf(row->name, sizeof row->name, "%s", c->name);
    snprintf(row->label, sizeof row->label, "%s", c->label);
    if (measure(c, mode, size, plan, &row->us) == -1)
        return -1;
    r->n++;
    mid = row->us.median, low = row->us.low, high = row->us.high;
    if (mode == STREAM)
        mid = rows_rate(row, mid), low = rows_rate(row, row->us.high),
        high = rows_rate(row, row->us.low);
    printf("%-18s %7s  %-10s %9.2f %-4s (%.2f .. %.2f)\n", c->label, size_name(size),
           mode == PING ? "round trip" : "one way", mid, mode == PING ? "us" : "MB/s", low, high);
    fflush(stdout);
    return 0;
}

/* Return: how many measurements failed. After Ctrl-C no other one is begun. */
static int measure_all(struct rows *r, const char *only, const struct plan *plan)
{
    int failed = 0;

    for (size_t i = 0; channels[i]->name != NULL; i++) {
        const struct channel *c = channels[i];

        if (!listed(only, c->name))
            continue;
        for (enum mode mode = PING; mode < MODES; mode++)
            for (size_t s = 0; s < SIZES && stopped != SIGINT && stopped != SIGTERM; s++) {
                if (c->signal_only && (mode != PING || s > 0))
                    continue;
                failed += add_row(r, c, mode, c->signal_only ? 0 : sizes[s], plan) == -1;
            }
    }
    return failed;
}

static int write_plots(const struct rows *r, const char *dir)
{
    static const char *const names[MODES] = {"latency.svg", "bandwidth.svg"};
    char path[1024];

    for (enum mode mode = PING; mode < MODES; mode++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[mode]);
        if (rows_plot(r, mode, path) == -1) {
            fprintf(stderr, "shootout: %s: %s\n", path, strerror(errno));
            return 1;
        }
    }
    return 0;
}

static int write_all(const struct rows *r, const char *dir)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/shootout.csv", dir);
    if (rows_write(r, path) == -1) {
        fprintf(stderr, "shootout: %s: %s\n", path, strerror(errno));
        return 1;
    }
    if (write_plots(r, dir) != 0)
        return 1;
    printf("\nwritten: %s/shootout.csv, latency.svg, bandwidth.svg\n", dir);
    return 0;
}

static int run(const struct options *o)
{
    static struct rows rows;
    struct plan plan = {.repetitions = 15, .seconds = 0.02, .give_up = 60};
    int failed;

    if (o->quick)
        plan.repetitions = 3, plan.seconds = 0.001;
    if (choose_cpus(o->cpus, plan.cpu) == -1)
        return usage("not two processors that may be used here (as in 0,1), nor 'any'", "--cpus");
    if (o->out != NULL && mkdir(o->out, 0777) == -1 && errno != EEXIST) {
        fprintf(stderr, "shootout: --out %s: %s\n", o->out, strerror(errno));
        return 1;
    }
    describe_machine(rows.machine, sizeof rows.machine, &plan);
    printf("%s\nmedian (quartiles) of %d batches of about %.0f ms each, after a warm-up\n\n",
           rows.machine, plan.repetitions, plan.seconds * 1e3);
    failed = measure_all(&rows, o->only, &plan);
    if (rows.n == 0)
        return 1;
    printf("\n");
    rows_table(&rows, stdout);
    if (o->out != NULL && write_all(&rows, o->out) != 0)
        return 1;
    if (failed > 0)
        fprintf(stderr, "shootout: %d measurements failed, see above\n", failed);
    return failed > 0;
}

/* What needs no measuring. */
static int replay(const struct options *o)
{
    static struct rows rows;

    if (rows_read(&rows, o->show != NULL ? o->show : o->plot) == -1)
        return 1;
    if (o->show != NULL) {
        rows_table(&rows, stdout);
        return 0;
    }
    return write_plots(&rows, o->out);
}

int main(int argc, char *argv[])
{
    static const struct option names[] = {
        {"out", required_argument, NULL, 'o'},  {"only", required_argument, NULL, 'n'},
        {"show", required_argument, NULL, 's'}, {"plot", required_argument, NULL, 'p'},
        {"cpus", required_argument, NULL, 'c'}, {"quick", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},       {NULL, 0, NULL, 0}};
    struct options o = {0};
    int opt;

    while ((opt = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (opt) {
        case 'o':
            o.out = optarg;
            break;
        case 'n':
            o.only = optarg;
            break;
        case 's':
            o.show = optarg;
            break;
        case 'p':
            o.plot = optarg;
            break;
        case 'c':
            o.cpus = optarg;
            break;
        case 'q':
            o.quick = 1;
            break;
        case 'h':
            printf("%s", usage_text);
            return 0;
        default:
            fprintf(stderr, "%s", usage_text);
            return 2;
        }
    }
    if (optind < argc)
        return usage("not an option", argv[optind]);
    if (o.plot != NULL && o.out == NULL)
        return usage("needs --out DIR, too", "--plot");
    if (o.only != NULL && check_names(o.only) != 0)
        return 2;
    return o.show != NULL || o.plot != NULL ? replay(&o) : run(&o);
}
