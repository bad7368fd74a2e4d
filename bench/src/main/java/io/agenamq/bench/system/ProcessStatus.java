// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says about a process. */
final class ProcessStatus {

    /** {@code USER_HZ}, the unit of times in {@code /proc}; 100 on every machine that Java 17 runs on. */
    private static final long TICKS_PER_SECOND = 100;

    /** Position of utime and stime behind the closing parenthesis of the command's name. */
    private static final int UTIME = 11;

    private static final int STIME = 12;

    private ProcessStatus() {}

    /** CPU time that the process has used, user and system, in nanoseconds; in steps of 10 ms. */
    static long cpuNanos(long pid) {
        String stat = read(Path.of("/proc", String.valueOf(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
        return ticks * (1_000_000_000L / TICKS_PER_SECOND);
    }

    /** What of the process is in memory, with the pages of files that it has mapped. */
    static long residentBytes(long pid) {
        return memory(pid, "VmRSS:");
    }

    /** What of the process is in memory and belongs to it alone: heap, stacks, code; without mapped files. */
    static long ownBytes(long pid) {
        return memory(pid, "RssAnon:");
    }

    /** How many threads it has. */
    static long threadCount(long pid) {
        return status(pid, "Threads:");
    }

    /** How many files and sockets it has open. */
    static long openCount(long pid) {
        String[] open = Path.of("/proc", String.valueOf(pid), "fd").toFile().list();
        return open == null ? 0 : open.length;
    }

    /** Bytes that the process has caused to be written to disks; what is in the page cache counts already. */
    static long diskBytes(long pid) {
        return read(Path.of("/proc", String.valueOf(pid), "io"))
                .lines()
                .filter(line -> line.startsWith("write_bytes:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static long memory(long pid, String line) {
        return status(pid, line) * 1024;
    }

    private static long status(long pid, String line) {
        return read(Path.of("/proc", String.valueOf(pid), "status"))
                .lines()
                .filter(each -> each.startsWith(line))
                .mapToLong(each -> Long.parseLong(each.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** Stops a process in its tracks, or lets it go on: an idle contender must not take CPU from the one that is measured. */
    static void signal(long pid, String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + name + " " + pid + ": " + status);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
