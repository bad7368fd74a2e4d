// SPDX-License-Identifier: Apache-2.0
package io.agenamq.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.dist.Launcher.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The story a newcomer is told first must always end well. */
class DemoIT {
    private static final Pattern SERVER_MEMORY = Pattern.compile("server memory +([\\d,]+) MB");
    private static final int SERVER_MEGABYTES_MAX = 256;

    @TempDir
    private Path scratch;

    private Launcher agena;

    @BeforeEach
    void useTheDistribution() {
        agena = new Launcher(scratch);
    }

    @Test
    void all_acts_end_well_in_little_memory_and_nothing_is_left_behind() throws IOException {
        Path temporary = Files.createDirectory(scratch.resolve("tmp"));

        Ended ended = agena.runWith("-Djava.io.tmpdir=" + temporary, "demo");

        assertThat(ended.status()).as(ended.err() + ended.out()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains("[1/4] JMS", "10,000 received, each once")
                .contains("[2/4] RocketMQ", "10,000 and 6,667 received, each once")
                .contains("[3/4] Across", "1,000 and 1,000 received, each once")
                .contains("[4/4] Kill", "exactly the other 5,000 arrived")
                .contains("FIGURE", "survives loss of power", "survives SIGKILL");
        Matcher memory = SERVER_MEMORY.matcher(ended.out());
        assertThat(memory.find()).isTrue();
        assertThat(Integer.parseInt(memory.group(1).replace(",", ""))).isLessThan(SERVER_MEGABYTES_MAX);
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void a_directory_with_something_in_it_is_refused() throws IOException {
        Files.createFile(scratch.resolve("mine"));

        Ended ended = agena.run("demo", "--data", scratch.toString());

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .isEqualToIgnoringNewLines("agena: " + scratch + " is not empty; give --data a new or empty directory");
    }
}
