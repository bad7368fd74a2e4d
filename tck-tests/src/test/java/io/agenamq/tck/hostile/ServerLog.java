// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.agenamq.tck.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a server has logged since a moment of the test. */
final class ServerLog {

    private static final Pattern SILENT = Pattern.compile("closed (\\d+) connection\\(s\\) that said nothing");

    private final Path file;
    private final long from;

    private ServerLog(Path file, long from) {
        this.file = file;
        this.from = from;
    }

    static ServerLog from(ServerProcess server) {
        try {
            return new ServerLog(server.log(), Files.exists(server.log()) ? Files.size(server.log()) : 0);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The lines that name the client's end of this connection. */
    List<String> about(RawConnection connection) {
        String port = ":" + connection.localPort() + ")";
        return lines().stream().filter(line -> line.contains(port)).collect(Collectors.toList());
    }

    /** The lines by which a server reports a bug of its own or a damage. */
    List<String> errors() {
        return lines().stream().filter(line -> line.contains(" ERROR ")).collect(Collectors.toList());
    }

    /** The lines about connections that never said anything. */
    List<String> silent() {
        return lines().stream().filter(line -> SILENT.matcher(line).find()).collect(Collectors.toList());
    }

    /** How many connections those lines count together. */
    int silentCount() {
        return silent().stream()
                .map(SILENT::matcher)
                .filter(Matcher::find)
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .sum();
    }

    private List<String> lines() {
        try {
            byte[] all = Files.readAllBytes(file);
            return new String(all, (int) from, (int) (all.length - from), UTF_8)
                    .lines()
                    .collect(Collectors.toList());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
