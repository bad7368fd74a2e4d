// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import io.agenamq.tck.client.Line;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The load process: one line of standard input is the plan, two lines of standard output are the beginning and the result of the
 * measurement, as with the loads of the official client.
 *
 * <pre>
 *   in    plan kind=send factory=io.agenamq.provider.AgenaConnectionFactory url=agena://127.0.0.1:40001 producers=8 seconds=10
 *   out   measuring
 *   out   result count=310000 nanos=10000000000 p50=… p99=…
 * </pre>
 */
public final class JmsLoadMain {

    private static final Map<String, JmsLoad> LOADS = Map.of(
            "send", new JmsSendLoad(),
            "async", new JmsAsyncLoad(),
            "flow", new JmsFlowLoad(),
            "latency", new JmsFixedRateLoad(),
            "request-reply", new JmsRequestReplyLoad(),
            "fan-out", new JmsFanOutLoad(),
            "selectors", new JmsSelectorsLoad());

    private JmsLoadMain() {}

    public static void main(String[] arguments) throws Exception {
        String input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        if (input == null) {
            throw new IllegalArgumentException("no plan");
        }
        JmsPlan plan = JmsPlan.of(Line.parse(input));
        JmsLoad load = LOADS.get(plan.kind());
        if (load == null) {
            throw new IllegalArgumentException("no load '" + plan.kind() + "', only " + LOADS.keySet());
        }
        load.run(plan, new JmsMeter());
        System.out.println(Line.of("done"));
        // Saying goodbye is nothing that is measured.
        Runtime.getRuntime().halt(0);
    }
}
