// SPDX-License-Identifier: Apache-2.0
package io.agenamq.nameserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.ManualClock;
import io.agenamq.protocol.command.DestinationKind;
import io.agenamq.protocol.command.TopicConfig;
import io.agenamq.store.disk.Disk;
import io.agenamq.store.disk.FileDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTableTest {

    private static final TopicConfig NATIVE = new TopicConfig("Native", 4, 4, 6);

    private final ManualClock clock = new ManualClock(Instant.EPOCH);

    @TempDir
    private Path folder;

    private HomeTable inMemory() throws IOException {
        return new HomeTable(HomeFile.open(null), clock);
    }

    private static TopicConfig queue(String name) {
        return new TopicConfig(
                name,
                1,
                1,
                6,
                TopicConfig.SINGLE_TAG,
                0,
                false,
                Map.of(DestinationKind.ATTRIBUTE, DestinationKind.QUEUE.word()));
    }

    @Test
    void the_first_who_claims_a_name_has_it() throws IOException {
        HomeTable homes = inMemory();
        assertThat(homes.homesOf("Orders")).isEmpty();
        assertThat(homes.claim("Orders", "a")).containsExactly("a");
        assertThat(homes.claim("Orders", "b")).containsExactly("a");
        assertThat(homes.claim("Orders", "a")).containsExactly("a");
        assertThat(homes.claim("with\ttab", "a")).isEmpty();
    }

    @Test
    void destinations_that_a_broker_registers_live_there_and_native_topics_nowhere() throws IOException {
        HomeTable homes = inMemory();
        homes.registered("a", List.of(NATIVE, queue("Orders")));
        assertThat(homes.claim("Orders", "b")).containsExactly("a");
        assertThat(homes.homesOf("Native")).isEmpty();

        homes.registered("b", List.of(queue("Orders"), NATIVE));
        assertThat(homes.homesOf("Orders")).containsExactly("a", "b");
    }

    @Test
    void what_a_broker_does_not_register_any_more_lives_there_no_longer() throws IOException {
        HomeTable homes = inMemory();
        homes.registered("a", List.of(queue("Orders"), queue("Bills")));
        homes.registered("a", List.of(queue("Bills"), NATIVE));
        assertThat(homes.homesOf("Orders")).isEmpty();
        assertThat(homes.homesOf("Bills")).containsExactly("a");
    }

    @Test
    void a_claim_holds_although_a_registration_of_before_comes_after_it() throws IOException {
        HomeTable homes = inMemory();
        homes.claim("Orders", "a");
        homes.registered("a", List.of(NATIVE, queue("Bills")));
        assertThat(homes.homesOf("Orders")).containsExactly("a");

        clock.advance(Duration.ofSeconds(31));
        homes.registered("a", List.of(NATIVE, queue("Bills")));
        assertThat(homes.homesOf("Orders")).isEmpty();
    }

    @Test
    void a_deleted_destination_lives_nowhere() throws IOException {
        HomeTable homes = inMemory();
        homes.registered("a", List.of(queue("Orders"), NATIVE));
        homes.forget("Orders");
        assertThat(homes.claim("Orders", "b")).containsExactly("b");
    }

    @Test
    void homes_survive_a_restart_whatever_the_end_of_the_file_looks_like() throws IOException {
        try (Disk disk = FileDisk.at(folder)) {
            try (HomeFile file = HomeFile.open(disk)) {
                HomeTable homes = new HomeTable(file, clock);
                homes.claim("Orders", "a");
                homes.claim("Ünïcode", "a");
                for (int i = 0; i < 100; i++) {
                    homes.claim("Gone" + i, "a");
                    homes.forget("Gone" + i);
                }
            }
            Path path = folder.resolve("homes.txt");
            for (String end : List.of("", "+Half\ta", "garbage\n", "+Half")) {
                Files.write(path, end.getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
                try (HomeFile file = HomeFile.open(disk)) {
                    HomeTable homes = new HomeTable(file, clock);
                    assertThat(homes.homesOf("Orders")).containsExactly("a");
                    assertThat(homes.homesOf("Ünïcode")).containsExactly("a");
                    assertThat(homes.homesOf("Half")).isEmpty();
                    assertThat(homes.homesOf("Gone1")).isEmpty();
                    homes.claim("More" + end.length(), "b");
                }
            }
            assertThat(Files.size(path)).as("written anew").isLessThan(1000);
            try (HomeFile file = HomeFile.open(disk)) {
                assertThat(new HomeTable(file, clock).homesOf("More5")).containsExactly("b");
            }
        }
    }
}
