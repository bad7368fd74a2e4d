// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The result as Markdown, ready for docs/performance.md: command, machine, date, table. */
final class Report {

    private final List<String> lines = new ArrayList<>();

    Report(String title, String command) {
        lines.add("### " + title);
        lines.add("");
        lines.add("`" + command + "`  ");
        lines.add(LocalDate.now(ZoneOffset.UTC) + ", " + machine());
        lines.add("");
    }

    Report columns(String... names) {
        row(names);
        lines.add("|" + " --- |".repeat(names.length));
        return this;
    }

    Report row(String... cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
        return this;
    }

    void print() {
        System.out.println();
        lines.forEach(System.out::println);
        System.out.println();
    }

    static String rate(double perSecond) {
        return Double.isNaN(perSecond) ? "–" : String.format(Locale.ROOT, "%,.0f", perSecond);
    }

    static String number(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String machine() {
        return Runtime.getRuntime().availableProcessors() + " × " + cpu() + ", " + memory() + ", Linux "
                + System.getProperty("os.version") + ", Java " + Runtime.version();
    }

    private static String cpu() {
        return firstValue(Path.of("/proc/cpuinfo"), "model name");
    }

    private static String memory() {
        String kibibytes = firstValue(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "");
        return kibibytes.isEmpty() ? "?" : Math.round(Long.parseLong(kibibytes) / 1024.0 / 1024.0) + " GiB";
    }

    private static String firstValue(Path file, String name) {
        try (Stream<String> all = Files.lines(file)) {
            return all.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("?");
        } catch (IOException notLinux) {
            return "?";
        }
    }
}
