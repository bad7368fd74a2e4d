// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.frame.Body;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.frame.HeaderEncoder;
import io.agenamq.protocol.frame.HeaderEncoding;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bounds of one connection's writing side. */
class OutletTest {

    private final List<String> told = new ArrayList<>();
    private final MemoryUse memory = new MemoryUse();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Outlet outlet = new Outlet(
            channel,
            new ArrayList<>(),
            new ConnectionLimits(Duration.ZERO, Duration.ofMinutes(2), 1000, 100_000, 1 << 20, 1 << 20),
            memory,
            new Outlet.Listener() {
                @Override
                public void flooded(String why) {
                    told.add("flooded");
                }

                @Override
                public void paused() {
                    told.add("paused");
                }

                @Override
                public void sent() {}

                @Override
                public void drained() {
                    told.add("drained");
                }
            });

    @Test
    void who_waits_for_room_that_other_threads_have_taken_is_told_when_there_is_some() {
        outlet.account(2000);
        assertThat(outlet.hasRoom()).isFalse();
        assertThat(outlet.isPaused()).isFalse();

        assertThat(outlet.pauseUnlessRoom()).isTrue();
        assertThat(told).containsExactly("paused");

        outlet.discount(2000);
        HeaderEncoder encoder = new HeaderEncoder();
        encoder.encode(HeaderEncoding.BINARY, 1, 1, 0, null, Header.NONE, 0);
        assertThat(outlet.write(encoder, Body.EMPTY)).isTrue();
        outlet.flush();
        channel.flushOutbound();

        assertThat(told).containsExactly("paused", "drained");
        assertThat(outlet.pauseUnlessRoom()).isFalse();
        channel.releaseOutbound();
    }
}
