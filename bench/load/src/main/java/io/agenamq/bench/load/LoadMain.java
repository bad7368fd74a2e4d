// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

import io.agenamq.tck.client.Line;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * The load process: one line of standard input is the plan, two lines of standard output are the beginning and the result of the
 * measurement; with the end of its input it ends.
 *
 * <pre>
 *   in    plan kind=send nameServers=127.0.0.1:40001 threads=8 seconds=10
 *   out   measuring
 *   out   result count=310000 nanos=10000000000 p50=… p99=…
 * </pre>
 */
public final class LoadMain {

    private static final Map<String, Load> LOADS = Map.of(
            "send", new SendLoad(),
            "transaction", new TransactionLoad(),
            "async", new AsyncLoad(),
            "end-to-end", new EndToEndLoad(),
            "fill", new FillLoad(),
            "drain", new DrainLoad(),
            "latency", new FixedRateLoad(),
            "idle", new IdleLoad(),
            "create-topics", new TopicsLoad());

    private LoadMain() {}

    public static void main(String[] arguments) throws Exception {
        byte[] input = readLine();
        Plan plan = Plan.of(Line.parse(new String(input, StandardCharsets.UTF_8)));
        Load load = LOADS.get(plan.kind());
        if (load == null) {
            throw new IllegalArgumentException("no load '" + plan.kind() + "', only " + LOADS.keySet());
        }
        load.run(plan, new Meter());
        System.out.println(Line.of("done"));
        // Clients of ten thousand topics take their time to say goodbye; nobody measures it.
        Runtime.getRuntime().halt(0);
    }

    private static byte[] readLine() throws IOException {
        byte[] line = new byte[64 * 1024];
        int length = 0;
        for (int b = System.in.read(); b >= 0 && b != '\n'; b = System.in.read()) {
            line[length++] = (byte) b;
        }
        return Arrays.copyOf(line, length);
    }
}
