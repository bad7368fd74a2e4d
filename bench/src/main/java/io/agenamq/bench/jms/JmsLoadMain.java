// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

import io.agenamq.tck.client.Line;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The load process. Each line of standard input is a plan; for each, two lines of standard output are the beginning and the result of the
 * measurement, as with the loads of the official client, and a third says that all has ended. So the second round finds the code compiled that the first
 * one has warmed up.
 *
 * <pre>
 *   in    plan kind=send factory=io.agenamq.provider.AgenaConnectionFactory url=agena://127.0.0.1:40001 producers=8 seconds=10 run=1
 *   out   measuring run=1
 *   out   result run=1 count=310000 nanos=10000000000 p50=… p99=…
 *   out   done run=1
 * </pre>
 */
public final class JmsLoadMain {

    private static final Map<String, JmsLoad> LOADS = Map.ofEntries(
            Map.entry("send", new JmsSendLoad()),
            Map.entry("async", new JmsAsyncLoad()),
            Map.entry("flow", new JmsFlowLoad()),
            Map.entry("latency", new JmsFixedRateLoad()),
            Map.entry("request-reply", new JmsRequestReplyLoad()),
            Map.entry("fan-out", new JmsFanOutLoad()),
            Map.entry("selectors", new JmsSelectorsLoad()),
            Map.entry("correlation", new JmsCorrelationLoad()),
            Map.entry("fill", new JmsFillLoad()),
            Map.entry("drain", new JmsDrainLoad()),
            Map.entry("queues", new JmsManyQueuesLoad()),
            Map.entry("temporary", new JmsTemporaryLoad()));

    private JmsLoadMain() {}

    public static void main(String[] arguments) throws Exception {
        var plans = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = plans.readLine(); line != null; line = plans.readLine()) {
            if (!run(JmsPlan.of(Line.parse(line)))) {
                break;
            }
        }
        Runtime.getRuntime().halt(0);
    }

    /** Runs one load; false if what it started does not end. */
    private static boolean run(JmsPlan plan) throws Exception {
        JmsLoad load = LOADS.get(plan.kind());
        if (load == null) {
            throw new IllegalArgumentException("no load '" + plan.kind() + "', only " + LOADS.keySet());
        }
        var clients = new JmsClients(plan);
        load.run(plan, clients, new JmsMeter(plan.run()));
        clients.close();
        boolean ended = clients.hasEnded();
        System.out.println(Line.of("done").with("run", plan.run()).with("last", ended ? null : "true"));
        return ended;
    }
}
