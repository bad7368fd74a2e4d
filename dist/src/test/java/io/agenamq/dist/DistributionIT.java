// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistributionIT {
    private static final long ARCHIVE_BYTES_MAX = 40L * 1024 * 1024;

    /** Reviewable by a person. */
    private static final int THIRD_PARTY_JARS_MAX = 20;

    @TempDir
    private Path scratch;

    @Test
    void the_archive_is_small() throws IOException {
        Path home = new Launcher(scratch).home();
        Path archive = home.getParent().resolveSibling(home.getFileName() + ".tar.gz");

        assertThat(Files.size(archive)).isLessThan(ARCHIVE_BYTES_MAX);
    }

    @Test
    void the_server_sees_few_jars_and_none_of_the_official_client() throws IOException {
        List<String> jars = jarsIn("lib");

        assertThat(jars).noneMatch(name -> name.matches("(rocketmq|fastjson|guava|agenamq-demo).*"));
        assertThat(jars.stream().filter(name -> !name.startsWith("agenamq-")))
                .hasSizeLessThanOrEqualTo(THIRD_PARTY_JARS_MAX);
    }

    @Test
    void one_version_of_each_jar() throws IOException {
        assertThat(Stream.concat(jarsIn("lib").stream(), jarsIn("lib/demo").stream())
                        .map(name -> name.replaceAll("-\\d.*", "")))
                .doesNotHaveDuplicates();
    }

    @Test
    void licence_and_first_steps_are_there() {
        Path home = new Launcher(scratch).home();

        assertThat(home.resolve("LICENSE")).isRegularFile();
        assertThat(home.resolve("README.md")).isRegularFile();
        assertThat(home.resolve("conf/broker.conf")).isRegularFile();
        assertThat(home.resolve("bin/agena")).isExecutable();
    }

    @Test
    void help_lists_every_command() {
        String help = new Launcher(scratch).run("--help").out();

        assertThat(help).contains("demo", "start", "nameserver", "broker", "topic", "message", "perf", "version");
    }

    @Test
    void the_sample_configuration_is_valid() {
        assertThat(new Launcher(scratch)
                        .run(
                                "start",
                                "-c",
                                new Launcher(scratch)
                                        .home()
                                        .resolve("conf/broker.conf")
                                        .toString(),
                                "--data",
                                "/dev/null/x")
                        .err())
                .doesNotContain("there is no option");
    }

    private List<String> jarsIn(String folder) throws IOException {
        try (Stream<Path> files = Files.list(new Launcher(scratch).home().resolve(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .toList();
        }
    }
}
